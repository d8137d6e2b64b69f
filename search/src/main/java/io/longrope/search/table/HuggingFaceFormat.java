package io.longrope.search.table;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeDictionary;
import io.longrope.search.table.internal.HuggingFaceReader;
import io.longrope.search.table.internal.JsonFiles;
import io.longrope.search.file.WholeFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * The rope part of a Hugging Face {@code config.json}, with the keys one engine reads and those that transformers, and so this
 * project's own reader, needs to compute the same. The
 * original length goes inside the dictionary, where today's versions look, and beside it, where older ones and other
 * readers do; {@code type} is what versions before 4.43 and several engines call {@code rope_type}.
 */
public final class HuggingFaceFormat implements TableFormat {

    private final Engine engine;

    public HuggingFaceFormat(Engine engine) {
        this.engine = Require.present(engine, "engine");
    }

    @Override
    public String name() {
        return engine.id();
    }

    /** Writes a file of the rope keys alone, to be merged into a config.json; see {@link #writeInto}. */
    @Override
    public List<String> write(FactorTable table, Path file) throws IOException {
        var tables = TwoTables.of(table);
        WholeFile.write(file, JsonFiles.pretty(keys(tables, JsonNodeFactory.instance.objectNode(), OptionalDouble.empty())));
        return notes(tables);
    }

    /**
     * Writes a copy of a config.json with the table in place of its rope keys and everything else unchanged.
     *
     * @param config the model's own config.json
     * @param file   where the copy goes; may be the same
     */
    public List<String> writeInto(FactorTable table, Path config, Path file) throws IOException {
        return writeInto(table, config.toString(), JsonFiles.read(config), file);
    }

    /**
     * As {@link #writeInto(FactorTable, Path, Path)}, of a config.json that has been read, or made.
     *
     * @param place of the config.json, for complaints
     */
    public List<String> writeInto(FactorTable table, String place, ObjectNode config, Path file) throws IOException {
        var tables = TwoTables.of(table);
        var json = config.deepCopy();
        var found = RopeDictionary.read(place, json);
        Require.that(found.theta() == tables.geometry().theta() && found.rotaryDim() == tables.geometry().rotaryDim(), place,
                "must be the model the table belongs to (rotary dimension " + tables.geometry().rotaryDim() + ", theta "
                        + tables.geometry().theta() + ")", found.rotaryDim() + " and " + found.theta());
        var local = found.localTheta();
        Require.that(local.isEmpty() || engine == Engine.TRANSFORMERS, place,
                "must be a model whose layers all turn alike for " + engine.id(),
                json.path("model_type").asText() + "; export it for hf");
        if (found.isProportional()) {
            // as a share of the pairs that turn; beside longrope it would be a part of the head
            json.remove("partial_rotary_factor");
        }
        var written = keys(tables, json, found.isProportional() ? OptionalDouble.empty() : found.partialRotaryFactor());
        local.ifPresent(theta -> nest(written, theta));
        WholeFile.write(file, JsonFiles.pretty(written));
        return notes(tables);
    }

    /** Also reads a table that another program wrote, under the old key or the new. */
    @Override
    public FactorTable read(Path file) throws IOException {
        return HuggingFaceReader.read(file, JsonFiles.read(file));
    }

    private List<String> notes(TwoTables tables) {
        var notes = new ArrayList<>(tables.notes());
        notes.addAll(engine.notes(tables));
        return List.copyOf(notes);
    }

    private ObjectNode keys(TwoTables tables, ObjectNode config, OptionalDouble partial) {
        int original = tables.geometry().originalLength();
        var rope = JsonNodeFactory.instance.objectNode();
        rope.put("rope_type", "longrope");
        rope.put("type", "longrope");
        rope.set("short_factor", array(tables.shortFactors()));
        rope.set("long_factor", array(tables.longFactors()));
        rope.put("original_max_position_embeddings", original);
        // what transformers computes with, and so evaluate: no other engine reads these two keys
        rope.put("factor", tables.factor());
        rope.put("attention_factor", tables.longAttention());
        if (engine == Engine.VLLM || engine == Engine.SGLANG) {
            rope.put("short_mscale", tables.shortAttention());
            rope.put("long_mscale", tables.longAttention());
        }
        rope.put("rope_theta", tables.geometry().theta());
        partial.ifPresent(factor -> rope.put("partial_rotary_factor", factor));
        config.put("max_position_embeddings", tables.length());
        config.put("original_max_position_embeddings", original);
        config.put("rope_theta", tables.geometry().theta());
        config.set("rope_scaling", rope);
        if (engine == Engine.MLX || engine == Engine.OLLAMA) {
            config.remove("rope_parameters");
        } else {
            config.set("rope_parameters", rope.deepCopy());
        }
        return config;
    }

    /** Gemma's form: the table is for the layers that see everything, those with a window keep their own base. */
    private static void nest(ObjectNode config, double localTheta) {
        var local = JsonNodeFactory.instance.objectNode().put("rope_type", "default").put("rope_theta", localTheta);
        var full = config.get("rope_parameters");
        config.set("rope_parameters",
                JsonNodeFactory.instance.objectNode().<ObjectNode>set("full_attention", full).set("sliding_attention", local));
        config.put("rope_local_base_freq", localTheta);
    }

    private static ArrayNode array(RescaleFactors factors) {
        var array = JsonNodeFactory.instance.arrayNode(factors.pairs());
        IntStream.range(0, factors.pairs()).forEach(i -> array.add(factors.get(i)));
        return array;
    }
}
