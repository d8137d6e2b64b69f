package io.longrope.search.rope;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.internal.RopeFamily;
import io.longrope.search.rope.internal.RopeKeys;
import io.longrope.search.rope.internal.RopeObjects;
import io.longrope.search.rope.internal.RopeParameters;
import io.longrope.search.rope.internal.RotaryWidth;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the rope keys of a {@code config.json} mean: the one place that decides it, key by key and family by family, as
 * transformers 5.24 reads them. "Inside" is the dictionary {@code rope_scaling} or {@code rope_parameters}, "beside" the
 * object that holds it.
 * <table>
 * <caption>which key counts</caption>
 * <tr><th>key</th><th>meaning</th></tr>
 * <tr><td>rope_scaling, rope_parameters</td><td>rope_scaling where it is there and not empty, all of it: nothing of rope_parameters is
 * mixed
 *     in, its rope_theta neither. Gemma 3: rope_scaling replaces single keys of rope_parameters.full_attention</td></tr>
 * <tr><td>rope_type, type</td><td>rope_type, then type, then default. "su" is longrope; Phi-3 also calls longrope "yarn" and has no other
 * type.
 *     Gemma 3 reads rope_type only, unless rope_parameters are given without one</td></tr>
 * <tr><td>rope_theta</td><td>inside, then beside, then the family's own name (rope_embedding_base of Phi-3-small, rotary_emb_base of
 * GPT-NeoX and
 *     Qwen 1; none of the families that are run here has one, for this key or another), then the family's default: 10,000 for most,
 *     1,000,000 for Gemma 3. Gemma's layers with a window: sliding_attention.rope_theta, then rope_local_base_freq, then 10,000</td></tr>
 * <tr><td>partial_rotary_factor</td><td>inside, then beside, then rotary_pct or rope_pct, then the family's default (1; 0.5 for Phi, GLM,
 * Nemotron;
 *     0.25 for StableLM, GPT-NeoX). Llama, Mistral, Qwen 2 and 3 and Gemma 3 turn the whole head whatever it says, so there it must be
 *     1. Of proportional it is the share of the pairs that turn, and only these families have that type</td></tr>
 * <tr><td>max_position_embeddings</td><td>then seq_length, then the default: Llama 2,048, Mistral and Gemma 3 131,072, Qwen 32,768, Phi-3
 * 4,096</td></tr>
 * <tr><td>original_max_position_embeddings</td><td>for yarn, llama3 and longrope beside, then inside, then max_position_embeddings. Phi-3:
 * beside,
 *     then 4,096, never inside. Gemma 3: inside, then max_position_embeddings, never beside. For default, linear and dynamic no angle
 *     depends
 *     on it; it tells the window the model was trained with</td></tr>
 * <tr><td>factor</td><td>linear, dynamic, yarn and llama3 need it; of yarn null, of longrope also missing, means max_position_embeddings /
 *     original_max_position_embeddings; of proportional missing means 1. dynamic scales beyond max_position_embeddings</td></tr>
 * <tr><td>attention_factor</td><td>yarn and longrope; missing or null: computed from factor, of yarn with mscale and mscale_all_dim where
 * neither
 *     is 0</td></tr>
 * <tr><td>beta_fast, beta_slow</td><td>yarn; missing, null or 0: 32 and 1</td></tr>
 * <tr><td>truncate</td><td>yarn; missing: true, null: false. Gemma 3 truncates always</td></tr>
 * <tr><td>head_dim</td><td>then hidden_size / num_attention_heads; Qwen 3 128 and Gemma 3 256 where it is missing</td></tr>
 * </table>
 * Where two keys contradict each other, or engines read a key differently, {@link #notes} says which counts and what others
 * make of it; what transformers could not run, or would run as something nobody can have meant, is refused.
 */
public final class RopeDictionary {

    private static final Set<String> SCALED_FROM_ORIGINAL = Set.of("yarn", "llama3", "longrope");
    private static final int PHI3_ORIGINAL = 4096;
    private static final String ORIGINAL = RopeObjects.ORIGINAL;
    private static final List<String> READ_OF_TEXT = List.of("rope_parameters", "rope_scaling", "rope_theta");

    private final RopeFamily family;
    private final RopeKeys beside;
    private final RopeKeys inside;
    private final Set<String> notes = new LinkedHashSet<>();
    private final String type;
    private final OptionalInt statedWindow;
    private final RotaryWidth width;

    private RopeDictionary(String place, ObjectNode config) {
        beside = new RopeKeys(place + ": ", config);
        family = new RopeFamily(beside.isNull("model_type") ? "" : beside.text("model_type").orElse(""));
        var objects = new RopeObjects(beside, notes);
        inside = family.isGemma() ? objects.gemma() : objects.flat();
        type = type();
        statedWindow = beside.lengthNamed(family.names("max_position_embeddings"));
        width = new RotaryWidth(family, beside, inside, type, notes::add);
        noteUnread();
    }

    /** Keys of the rotary embedding that transformers passes over in a model of this family, and others do not. */
    private void noteUnread() {
        var text = beside.json().path("text_config");
        if (READ_OF_TEXT.stream().anyMatch(text::has)) {
            notes.add(beside.name("text_config") + " has rope keys: as in transformers they are not read for "
                    + family.modelType() + "; vLLM reads them there, so write them beside it");
        }
        if (beside.has("no_rope_layers")) {
            notes.add(beside.name("no_rope_layers") + " is not read for " + family.modelType() + ": as in transformers every layer turns");
        }
        family.foreignNames().forEach((name, usual) -> {
            // twice the same is no contradiction
            if (beside.has(name) && !beside.shown(name).equals(beside.shown(usual))) {
                notes.add(beside.name(name) + " is " + beside.shown(name) + ": as in transformers it is not read for " + family.modelType()
                        + ", whose key is " + usual);
            }
        });
    }

    /**
     * @param place  names the file in complaints
     * @param config the whole config.json, or its rope keys alone
     * @throws BadInput when the keys mean nothing that transformers could run
     */
    public static RopeDictionary read(String place, ObjectNode config) {
        return new RopeDictionary(place, config);
    }

    /** The rotary embedding before any extension. */
    public RopeGeometry geometry() {
        return new RopeGeometry(rotaryDim(), theta(), originalLength());
    }

    /** max_position_embeddings, or the family's default. */
    public int window() {
        return statedWindow.orElseGet(() -> family.window().orElseThrow(() ->
                beside.missing("max_position_embeddings", "because no default is known for this model")));
    }

    /** Width of a head; empty where the file has rope keys alone. */
    public OptionalInt headDim() {
        return width.headDim();
    }

    /** The part of a head that turns, where the file states it; of proportional the share of the pairs that do. */
    public OptionalDouble partialRotaryFactor() {
        return width.partialRotaryFactor();
    }

    /** How much of a head turns, or could, if its factors were finite; a table's own keys alone state it by their length. */
    public int rotaryDim() {
        return width.rotaryDim();
    }

    /** The base of Gemma's layers with a sliding window; empty for a model whose layers all turn alike. */
    public OptionalDouble localTheta() {
        if (!family.isGemma()) {
            return OptionalDouble.empty();
        }
        var local = beside.object("rope_parameters").flatMap(parameters -> parameters.object("sliding_attention"));
        local.flatMap(keys -> keys.text("rope_type").or(() -> keys.text("type"))).ifPresent(found ->
                Require.that(found.equals("default"), local.get().name("rope_type"), "must be default", found));
        var inner = local.map(keys -> keys.number("rope_theta")).orElse(OptionalDouble.empty());
        var outer = beside.number("rope_local_base_freq");
        if (inner.isPresent() && outer.isPresent() && inner.getAsDouble() != outer.getAsDouble()) {
            notes.add(beside.name("rope_local_base_freq") + " is " + outer.getAsDouble() + " and " + local.get().name("rope_theta") + " is "
                    + inner.getAsDouble() + ": as in transformers the second counts");
        }
        return inner.isPresent() ? inner : OptionalDouble.of(outer.orElse(10_000));
    }

    /** The extension the keys ask for; empty for plain RoPE. */
    public Optional<RopeConfiguration> configuration() {
        if (type.equals("default")) {
            new RopeParameters(inside, type, 1, 1, notes::add).values();
            return Optional.empty();
        }
        Require.that(RopeParameters.types().contains(type), inside.name("rope_type"),
                "must be default or one of " + RopeParameters.types(), type);
        if (family.isGemma() && inside.has("truncate")) {
            Require.that(inside.json().get("truncate").asBoolean(false), inside.name("truncate"),
                    "must be true for gemma3_text, where transformers"
                    + " truncates whatever it says", inside.shown("truncate"));
        }
        if (isLongRope()) {
            factors("long_factor");
            factors("short_factor");
        }
        int original = originalLength();
        if (!SCALED_FROM_ORIGINAL.contains(type) && original != window()) {
            notes.add(inside.name(ORIGINAL) + " is " + original + ": no angle of rope_type " + type + " depends on it"
                    + (type.equals("dynamic") ? "; transformers scales beyond max_position_embeddings = " + window() : ""));
        }
        var parameters = new RopeParameters(inside, type, window(), original, notes::add).values();
        if (isProportional()) {
            parameters.put("partial_rotary_factor", partialRotaryFactor().orElse(1));
        }
        return Optional.of(new RopeConfiguration(type, parameters));
    }

    /**
     * One of the two tables of rope_type longrope.
     *
     * @param key short_factor or long_factor
     */
    public RescaleFactors factors(String key) {
        var factors = inside.factors(key);
        Require.that(factors.size() * 2 == rotaryDim(), inside.name(key),
                "must have " + rotaryDim() / 2 + " factors, half the rotary dimension",
                factors.size());
        return RescaleFactors.ofFinite(factors.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /**
     * Temperature a key of vLLM and SGLang gives one of the two tables.
     *
     * @param key short_mscale or long_mscale
     */
    public OptionalDouble temperature(String key) {
        return inside.numberOrNull(key);
    }

    /** True when the keys give factors. */
    public boolean isLongRope() {
        return type.equals("longrope");
    }

    /** True when partial_rotary_factor is the share of the pairs that turn. */
    public boolean isProportional() {
        return type.equals("proportional");
    }

    public String ropeType() {
        return type;
    }

    /** Which of contradicting keys counts, and which keys engines read differently: a sentence each. */
    public List<String> notes() {
        // the notes come with reading, so everything is read
        geometry();
        localTheta();
        configuration();
        return List.copyOf(notes);
    }

    private String type() {
        var newer = inside.text("rope_type");
        var older = inside.text("type");
        if (newer.isPresent() && older.isPresent() && !canonical(newer.get()).equals(canonical(older.get()))) {
            notes.add(inside.name("rope_type") + " is " + newer.get() + " and type is " + older.get()
                    + ": as in transformers rope_type counts");
        }
        var found = canonical(newer.or(() -> older).orElse("default"));
        Require.that(!family.isPhi3() || Set.of("default", "longrope").contains(found), inside.name("rope_type"),
                "must be default or longrope for phi3, as transformers has it", found);
        return found;
    }

    /** The first Phi-3 checkpoints called it su, and a few of the family's yarn. */
    private String canonical(String name) {
        return name.equals("su") || (family.isPhi3() && name.equals("yarn")) ? "longrope" : name;
    }

    /** The base, of Gemma that of the layers that see everything. */
    public double theta() {
        var inner = inside.number("rope_theta");
        var outer = beside.numberNamed(family.names("rope_theta"));
        if (inner.isPresent() && outer.isPresent() && inner.getAsDouble() != outer.getAsDouble()) {
            notes.add(inside.name("rope_theta") + " is " + inner.getAsDouble() + " and beside the dictionary it is " + outer.getAsDouble()
                    + ": as in transformers the inner one counts");
        }
        return inner.orElseGet(() -> outer.orElseGet(() -> family.theta().orElseThrow(() ->
                beside.missing("rope_theta", "because the base of model_type " + family.modelType() + " is not known"))));
    }

    private int originalLength() {
        var outer = beside.length(ORIGINAL);
        var inner = inside.length(ORIGINAL);
        boolean counts = SCALED_FROM_ORIGINAL.contains(type);
        if (counts && family.isPhi3()) {
            Require.that(outer.isPresent() || inner.orElse(PHI3_ORIGINAL) == PHI3_ORIGINAL, inside.name(ORIGINAL),
                    "must stand beside the dictionary"
                    + " for phi3, where transformers looks; without it takes " + PHI3_ORIGINAL, inner.orElse(0));
            noteOriginals(outer, inner, "the outer one");
            return outer.orElse(PHI3_ORIGINAL);
        }
        if (counts && family.isGemma()) {
            noteOriginals(outer, inner, "the inner one");
            return inner.orElseGet(this::window);
        }
        noteOriginals(outer, inner, "the outer one");
        return outer.orElseGet(() -> inner.orElseGet(this::window));
    }

    private void noteOriginals(OptionalInt outer, OptionalInt inner, String winner) {
        if (outer.isPresent() && inner.isPresent() && outer.getAsInt() != inner.getAsInt()) {
            notes.add(inside.name(ORIGINAL) + " is " + inner.getAsInt() + " and beside the dictionary it is " + outer.getAsInt()
                    + ": as in transformers " + winner + " counts");
        }
    }
}
