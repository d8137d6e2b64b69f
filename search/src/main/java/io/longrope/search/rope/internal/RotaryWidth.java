package io.longrope.search.rope.internal;

import io.longrope.search.problem.Require;

import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * How wide a head is and how much of it turns, by the keys head_dim, hidden_size, num_attention_heads, partial_rotary_factor
 * and the names the families have for them.
 */
public final class RotaryWidth {

    private final RopeFamily family;
    private final RopeKeys beside;
    private final RopeKeys inside;
    private final boolean proportional;
    private final Consumer<String> notes;
    private final OptionalInt headDim;

    /**
     * @param beside the object that holds the dictionary
     * @param inside the dictionary
     * @param type   its rope_type
     * @param notes  told of two keys that differ
     */
    public RotaryWidth(RopeFamily family, RopeKeys beside, RopeKeys inside, String type, Consumer<String> notes) {
        this.family = family;
        this.beside = beside;
        this.inside = inside;
        this.proportional = type.equals("proportional");
        this.notes = notes;
        this.headDim = findHeadDim();
    }

    /** Width of a head; empty where the file has rope keys alone. */
    public OptionalInt headDim() {
        return headDim;
    }

    /** The part of a head that turns, where the file states it; of proportional the share of the pairs that do. */
    public OptionalDouble partialRotaryFactor() {
        return inside.has("partial_rotary_factor") ? inside.number("partial_rotary_factor")
                : beside.numberNamed(family.names("partial_rotary_factor"));
    }

    /** How much of a head turns, or could, if its factors were finite; a table's own keys alone state it by their length. */
    public int rotaryDim() {
        RopeFamily.CHANGES_ANGLES.forEach((key, harmless) -> beside.numberOrNull(key).ifPresent(value ->
                Require.that(value == harmless, beside.name(key), "must be " + harmless + ": what it does to the angles is not known here",
                        value)));
        double part = partialRotaryFactor().orElse(family.partialRotaryFactor());
        Require.that(part > 0 && part <= 1, inside.name("partial_rotary_factor"), "must be greater than 0 and at most 1", part);
        Require.that(!proportional || family.turnsWholeHead() || family.modelType().isEmpty(), inside.name("rope_type"),
                "must be another for " + family.modelType() + ": only a model whose whole head turns can leave pairs of it still",
                "proportional");
        Require.that(part == 1 || proportional || !family.turnsWholeHead(), inside.name("partial_rotary_factor"),
                "must be 1 for " + family.modelType() + ", whose transformers code turns the whole head; vLLM would turn a part", part);
        if (inside.has("partial_rotary_factor") && beside.has("partial_rotary_factor")
                && inside.number("partial_rotary_factor").getAsDouble() != beside.number("partial_rotary_factor").getAsDouble()) {
            notes.accept(inside.name("partial_rotary_factor")
                    + " differs from the one beside the dictionary: as in transformers the inner one counts");
        }
        var stated = beside.lengthNamed(family.rotaryDimNames());
        if (stated.isPresent()) {
            return stated.getAsInt();
        }
        if (headDim.isEmpty() && proportional) {
            throw beside.missing("head_dim", "because rope_type proportional tells by its share only how many pairs turn");
        }
        if (headDim.isEmpty()) {
            return 2 * inside.factors("long_factor").size();
        }
        return proportional ? headDim.getAsInt() : (int) (headDim.getAsInt() * part);
    }

    private OptionalInt findHeadDim() {
        var stated = beside.lengthNamed(family.names("head_dim"));
        if (stated.isPresent()) {
            return stated;
        }
        var hidden = beside.lengthNamed(family.names("hidden_size"));
        if (hidden.isEmpty()) {
            return OptionalInt.empty();
        }
        if (family.headDim().isPresent() && !beside.has("head_dim")) {
            return family.headDim();
        }
        var heads = beside.lengthNamed(family.names("num_attention_heads"));
        int count = heads.orElseThrow(() -> beside.missing("num_attention_heads", "because head_dim is not"));
        Require.that(hidden.getAsInt() % count == 0, beside.name("hidden_size"), "must be a multiple of num_attention_heads = " + count
                + " when head_dim is not given", hidden.getAsInt());
        return OptionalInt.of(hidden.getAsInt() / count);
    }
}
