package io.longrope.search.rope.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The keys of a rope dictionary that belong to one {@code rope_type}, with the values transformers 5.24 computes with. */
public final class RopeParameters {

    /** Keys of a dictionary of any type. */
    private static final Set<String> COMMON =
            Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor", "original_max_position_embeddings");

    private static final Map<String, List<String>> KEYS = new TreeMap<>(Map.of(
            "default", List.of(),
            "linear", List.of("factor"),
            "dynamic", List.of("factor"),
            "yarn", List.of("factor", "attention_factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate"),
            "llama3", List.of("factor", "low_freq_factor", "high_freq_factor"),
            "longrope", List.of("factor", "short_factor", "long_factor", "attention_factor"),
            "proportional", List.of("factor")));

    /** Keys transformers knows nowhere, and what is made of them. */
    private static final Map<String, String> FOREIGN = Map.of(
            "attn_factor", "transformers ignores it and computes the attention factor; vLLM and SGLang multiply the attention factor "
            + "of yarn by it",
            "extrapolation_factor", "transformers ignores it; vLLM and SGLang weight the ramp of yarn by it",
            "apply_yarn_scaling", "transformers ignores it; vLLM leaves the attention factor of yarn out where it is false",
            "short_mscale", "transformers ignores it; vLLM and SGLang multiply cos and sin of the short table by it",
            "long_mscale", "transformers ignores it; vLLM and SGLang multiply cos and sin of the long table by it",
            "alpha", "transformers ignores it; for dynamic vLLM stretches the base by it and ignores factor",
            "finetuned", "it tells how the model was trained and turns nothing",
            "mrope_section", "it divides positions of pictures; those of text are the same in every section",
            "mrope_interleaved", "it divides positions of pictures; those of text are the same in every section");

    private final RopeKeys keys;
    private final String type;
    private final int window;
    private final int originalLength;
    private final Consumer<String> notes;

    /**
     * @param window         max_position_embeddings
     * @param originalLength what the type computes with
     * @param notes          takes what a reader must know
     */
    public RopeParameters(RopeKeys keys, String type, int window, int originalLength, Consumer<String> notes) {
        this.keys = keys;
        this.type = type;
        this.window = window;
        this.originalLength = originalLength;
        this.notes = notes;
    }

    public static List<String> types() {
        return KEYS.keySet().stream().filter(name -> !name.equals("default")).toList();
    }

    /** Double, Boolean or list of Double by name. */
    public Map<String, Object> values() {
        checkNames();
        var values = new TreeMap<String, Object>();
        switch (type) {
            case "linear", "dynamic" -> values.put("factor", required("factor"));
            case "llama3" -> KEYS.get("llama3").forEach(key -> values.put(key, required(key)));
            case "yarn" -> yarn(values);
            case "longrope" -> longrope(values);
            case "proportional" -> values.put("factor", keys.number("factor").orElse(1));
            default -> { }
        }
        return values;
    }

    private void yarn(Map<String, Object> values) {
        // a factor of null asks for the ratio; one that is missing is an error there too
        values.put("factor", keys.isNull("factor") ? ratio() : required("factor"));
        keys.numberOrNull("attention_factor").ifPresent(value -> values.put("attention_factor", value));
        for (var key : List.of("beta_fast", "beta_slow", "mscale", "mscale_all_dim")) {
            // 0 means the default, as in Python's "or"
            keys.numberOrNull(key).ifPresent(value -> {
                if (value != 0) {
                    values.put(key, value);
                }
            });
        }
        if (keys.has("truncate")) {
            var truncate = keys.json().get("truncate");
            Require.that(truncate.isBoolean() || truncate.isNull(), keys.name("truncate"), "must be true or false", truncate);
            values.put("truncate", truncate.asBoolean(false));
        }
        if (values.containsKey("mscale") != values.containsKey("mscale_all_dim")) {
            var alone = values.containsKey("mscale") ? "mscale" : "mscale_all_dim";
            notes.accept(keys.name(alone) + " is " + keys.shown(alone)
                    + ": ignored, because it counts beside the other of mscale and mscale_all_dim alone");
        }
        double factor = (Double) values.get("factor");
        if (ratio() != 1 && ratio() != factor) {
            notes.accept(keys.name("factor") + " is " + factor + ", but max_position_embeddings / original_max_position_embeddings is "
                    + ratio()
                    + ": the factor counts");
        }
        if (values.containsKey("attention_factor")) {
            notes.accept(keys.name("attention_factor") + ": transformers multiplies cos and sin by it; vLLM and SGLang ignore it for yarn");
        }
    }

    private void longrope(Map<String, Object> values) {
        values.put("short_factor", keys.factors("short_factor"));
        values.put("long_factor", keys.factors("long_factor"));
        keys.numberOrNull("attention_factor").ifPresent(value -> values.put("attention_factor", value));
        var factor = keys.numberOrNull("factor");
        values.put("factor", factor.orElse(ratio()));
        if (factor.isPresent() && factor.getAsDouble() != ratio() && !values.containsKey("attention_factor")) {
            notes.accept(keys.name("factor") + " is " + factor.getAsDouble()
                    + ", but max_position_embeddings / original_max_position_embeddings is "
                    + ratio() + ": transformers computes the attention factor from the first, vLLM and SGLang from the second");
        }
    }

    /** Every key must be one of the type's, or one of which is known what engines make of it. */
    private void checkNames() {
        for (var key : keys.names()) {
            if (COMMON.contains(key) || KEYS.get(type).contains(key) || keys.isNull(key)) {
                continue;
            }
            if (FOREIGN.containsKey(key)) {
                notes.accept(keys.name(key) + " is " + keys.shown(key) + ": " + FOREIGN.get(key));
            } else if (type.equals("default") || KEYS.values().stream().anyMatch(names -> names.contains(key))) {
                notes.accept(keys.name(key) + " is " + keys.shown(key) + ": ignored, because rope_type " + type + " has no such key");
            } else {
                throw unknown(key);
            }
        }
    }

    private BadInput unknown(String key) {
        var known = new TreeSet<>(KEYS.get(type));
        known.add("original_max_position_embeddings");
        return new BadInput(keys.name(key), "must be a key of rope_type " + type, keys.shown(key), Suggestion.forName(key, known));
    }

    private double required(String key) {
        return keys.number(key).orElseThrow(() -> keys.missing(key, "rope_type " + type + " needs it"));
    }

    private double ratio() {
        return (double) window / originalLength;
    }
}
