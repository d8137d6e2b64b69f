package io.longrope.search.rope.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which object of a config.json holds the rope keys: rope_scaling, rope_parameters, or what transformers merges of both.
 *
 * @param beside the keys of the whole file
 * @param notes  takes a sentence for each contradiction, which says what counts
 */
public record RopeObjects(RopeKeys beside, Set<String> notes) {

    public static final String ORIGINAL = "original_max_position_embeddings";

    /** Of a family whose layers all turn alike. */
    public RopeKeys flat() {
        var scaling = beside.object("rope_scaling").filter(keys -> !keys.isEmpty());
        var parameters = beside.object("rope_parameters").filter(keys -> !keys.isEmpty());
        var chosen = scaling.or(() -> parameters).orElseGet(() -> RopeKeys.empty(beside.name("rope_parameters.")));
        for (var key : chosen.names()) {
            Require.that(!chosen.json().get(key).isObject(), chosen.name(key),
                    "must be the same for all layers: a model with several kinds of rotary layers has no table here", "an object");
        }
        if (scaling.isPresent() && parameters.isPresent() && !plain(scaling.get()).equals(plain(parameters.get()))) {
            notes.add(beside.name("rope_scaling") + " (" + scaling.get().json() + ") and rope_parameters (" + parameters.get().json()
                    + ") contradict each other: as in transformers rope_scaling counts and nothing of rope_parameters does");
        }
        return chosen;
    }

    /** What a dictionary says, whatever form it says it in. */
    private ObjectNode plain(RopeKeys keys) {
        var plain = keys.json().deepCopy();
        var named = plain.has("rope_type") ? plain.get("rope_type") : plain.get("type");
        plain.put("rope_type", named == null ? "default" : named.asText());
        plain.remove("type");
        for (var key : List.of("rope_theta", ORIGINAL, "partial_rotary_factor")) {
            if (!plain.has(key) && beside.has(key)) {
                plain.set(key, beside.json().get(key));
            }
        }
        var names = new ArrayList<String>();
        plain.fieldNames().forEachRemaining(names::add);
        names.forEach(name -> plain.set(name, sameNumber(plain.get(name))));
        return plain;
    }

    private static JsonNode sameNumber(JsonNode value) {
        return value.isNumber() ? DoubleNode.valueOf(value.doubleValue()) : value;
    }

    /** Of Gemma 3, whose layers with a sliding window turn in their own way: those of the layers that see everything. */
    public RopeKeys gemma() {
        var parameters = beside.object("rope_parameters");
        var scaling = beside.object("rope_scaling").filter(keys -> !keys.isEmpty());
        parameters.ifPresent(keys -> Require.that(keys.isEmpty() || keys.has("full_attention") || keys.has("sliding_attention"),
                beside.name("rope_parameters"),
                "must have full_attention and sliding_attention for gemma3_text, whose transformers code ignores any other key",
                keys.names()));
        var full = parameters.flatMap(keys -> keys.object("full_attention")).map(keys -> keys.json().deepCopy());
        var merged = full.orElseGet(() -> beside.json().objectNode().put("rope_type", "default"));
        scaling.ifPresent(keys -> {
            Require.that(keys.has("rope_type") || !keys.has("type") || !merged.has("rope_type"), keys.name("type"),
                    "must be called rope_type for gemma3_text, whose transformers code does not read it here", keys.shown("type"));
            if (full.isPresent() && keys.names().stream().anyMatch(key -> merged.has(key)
                    && !sameNumber(merged.get(key)).equals(sameNumber(keys.json().get(key))))) {
                notes.add(beside.name("rope_scaling")
                        + " contradicts rope_parameters.full_attention: as in transformers its keys count where it has them");
            }
            merged.setAll(keys.json());
        });
        return new RopeKeys(beside.name(full.isPresent() && scaling.isEmpty() ? "rope_parameters.full_attention." : "rope_scaling."),
                merged);
    }
}
