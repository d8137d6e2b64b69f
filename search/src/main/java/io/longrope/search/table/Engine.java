package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.AttentionTemperature;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Programs that read factor tables from a model's config.json, and what each does with them. */
public enum Engine {
    /** Hugging Face transformers, from 4.43 on: both keys old and new. */
    TRANSFORMERS("hf"),
    VLLM("vllm"),
    SGLANG("sglang"),
    /** mlx-lm. */
    MLX("mlx"),
    /** Ollama's converter of Phi-3 checkpoints; other models go through GGUF. */
    OLLAMA("ollama");

    private final String id;

    Engine(String id) {
        this.id = id;
    }

    /** As it is asked for on the command line. */
    public String id() {
        return id;
    }

    public static Engine named(String name) {
        var ids = Arrays.stream(values()).map(Engine::id).toList();
        return Arrays.stream(values()).filter(engine -> engine.id.equals(name.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new BadInput("engine", "must be known", name, Suggestion.forName(name, ids)));
    }

    /**
     * The engine's rule for its two tables.
     *
     * @param originalLength   tokens the model was trained with
     * @param configuredLength the window the engine was started with (max_model_len, num_ctx)
     * @param sequenceLength   tokens of the sequence so far, the new one included
     * @return true when it applies the long table
     */
    public boolean usesLongTable(int originalLength, int configuredLength, int sequenceLength) {
        return switch (this) {
            case TRANSFORMERS -> sequenceLength > originalLength;
            case VLLM, OLLAMA -> configuredLength > originalLength;
            // it compares the position, which is one less than the length
            case SGLANG -> sequenceLength - 1 > originalLength;
            case MLX -> true;
        };
    }

    /** What it does with these tables that the search did not measure, a sentence each. */
    public List<String> notes(TwoTables tables) {
        var notes = new ArrayList<String>();
        int original = tables.geometry().originalLength();
        boolean hasShort = !tables.shortFactors().equals(tables.longFactors());
        switch (this) {
            case TRANSFORMERS -> {
                if (tables.shortAttention() != tables.longAttention()) {
                    notes.add("transformers multiplies cos and sin by attention_factor " + tables.longAttention()
                            + " up to " + Plural.of(original, "token") + " too; the short table was searched with "
                            + tables.shortAttention() + ".");
                }
                if (hasShort) {
                    notes.add("transformers changes tables at token " + (original + 1) + "; except for Phi-3, keys cached before"
                            + " keep the short table's angles when a generation crosses it.");
                }
            }
            case VLLM -> {
                if (hasShort) {
                    notes.add("vLLM chooses once: a max_model_len above " + original + " uses the long table for every request.");
                }
            }
            case SGLANG -> {
                if (hasShort) {
                    notes.add("SGLang chooses per batch: one position beyond " + original + " puts the whole batch on the long table.");
                }
            }
            case MLX -> {
                if (hasShort) {
                    notes.add("mlx-lm may use the long table at every length, depending on its version.");
                }
            }
            case OLLAMA -> {
                if (hasShort) {
                    notes.add("Ollama chooses once by context size: a num_ctx above " + original
                            + " uses the long table for every prompt.");
                }
                notes.add("Ollama's converter reads these keys for Phi-3 models only; for others export gguf.");
            }
        }
        if (ignoresAttentionFactor() && !formulaHolds(tables)) {
            notes.add(id + " ignores a custom attention factor: it uses sqrt(1 + ln s / ln L), the table was searched with "
                    + tables.longAttention() + ".");
        }
        return notes;
    }

    private boolean ignoresAttentionFactor() {
        return this == MLX || this == OLLAMA;
    }

    private static boolean formulaHolds(TwoTables tables) {
        double formula = AttentionTemperature.longrope().factor(tables.geometry(), tables.length());
        return Math.abs(formula - tables.longAttention()) < 1e-9;
    }
}
