package io.longrope.search.table.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeDictionary;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes a factor table of a config.json's rope keys, which {@link RopeDictionary} reads. */
public final class HuggingFaceReader {

    private HuggingFaceReader() {
    }

    /**
     * The temperatures are short_mscale and long_mscale where they are given, since only they can differ between the tables,
     * and otherwise the attention factor transformers computes for both.
     */
    public static FactorTable read(Path file, ObjectNode config) {
        var rope = RopeDictionary.read(file.toString(), config);
        Require.that(rope.isLongRope(), file + ": rope_type", "must be longrope to hold factors", rope.ropeType(),
                "a known method needs no table");
        var longFactors = rope.factors("long_factor");
        var shortFactors = rope.factors("short_factor");
        var geometry = rope.geometry();
        int window = rope.window();
        Require.that(window > geometry.originalLength(), file + ": max_position_embeddings",
                "must be greater than original_max_position_embeddings, "
                + geometry.originalLength(), window);
        var configuration = rope.configuration().orElseThrow();
        double attention = configuration.scaling(geometry, window).attentionFactor(geometry, window);
        double shortAttention = rope.temperature("short_mscale").orElse(attention);
        double longAttention = rope.temperature("long_mscale").orElse(attention);
        var entries = List.of(
                TableEntry.of(geometry.originalLength(), Measured.unmeasured(new Candidate(shortFactors, 0, shortAttention))),
                TableEntry.of(window, Measured.unmeasured(new Candidate(longFactors, 0, longAttention))));
        var notes = new ArrayList<>(List.of("read from " + file.getFileName()));
        notes.addAll(rope.notes());
        var model = config.path("_name_or_path").asText("");
        return new FactorTable(model.isBlank() ? config.path("model_type").asText("unnamed") : model, geometry, entries, notes);
    }
}
