package io.longrope.search.table.gguf;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;

import java.util.OptionalInt;

/**
 * The metadata of a model that bear on its rotary embedding.
 *
 * @param header        where they were read
 * @param architecture  prefix of its keys
 * @param rotaryDim     even, at least 2
 * @param theta         base of the frequencies, a float32 in the file
 * @param contextLength the window it is meant for, in tokens
 */
record GgufModel(GgufHeader header, String architecture, int rotaryDim, double theta, int contextLength) {

    static GgufModel of(GgufHeader header) {
        var architecture = header.text("general.architecture")
                .orElseThrow(() -> header.bad("general.architecture", "must be given", "missing", ""));
        header.requireWhole();
        double theta = header.number(architecture + ".rope.freq_base").orElse(10_000);
        int contextLength = whole(header, architecture + ".context_length");
        return new GgufModel(header, architecture, rotaryDim(header, architecture), theta, contextLength);
    }

    String key(String name) {
        return architecture + "." + name;
    }

    /** Tokens the model was trained with, where the file states them apart from its window. */
    OptionalInt originalLength() {
        var name = key("rope.scaling.original_context_length");
        return header.entries().containsKey(name) ? OptionalInt.of(whole(header, name)) : OptionalInt.empty();
    }

    void requireFits(RopeGeometry geometry) {
        Require.that(rotaryDim == geometry.rotaryDim(), header.file() + ": " + key("rope.dimension_count"),
                "must be the table's rotary dimension, " + geometry.rotaryDim(), rotaryDim);
        Require.that((float) theta == (float) geometry.theta(), header.file() + ": " + key("rope.freq_base"),
                "must be the table's base, " + geometry.theta(), theta);
    }

    /** As llama.cpp defaults it: the head dimension. */
    private static int rotaryDim(GgufHeader header, String architecture) {
        int dimension;
        if (header.entries().containsKey(architecture + ".rope.dimension_count")) {
            dimension = whole(header, architecture + ".rope.dimension_count");
        } else if (header.entries().containsKey(architecture + ".attention.key_length")) {
            dimension = whole(header, architecture + ".attention.key_length");
        } else {
            dimension = whole(header, architecture + ".embedding_length") / whole(header, architecture + ".attention.head_count");
        }
        Require.that(dimension >= 2 && dimension % 2 == 0, header.file() + ": rotary dimension", "must be even and at least 2", dimension);
        return dimension;
    }

    private static int whole(GgufHeader header, String key) {
        long value = header.whole(key).orElseThrow(() -> header.bad(key, "must be given", "missing", ""));
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw header.bad(key, "must be between 1 and " + Integer.MAX_VALUE, value, "");
        }
        return (int) value;
    }
}
