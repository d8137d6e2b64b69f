package io.longrope.evaluator.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufWriter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Byte-level BPE, which llama.cpp calls {@code gpt2}; a vocabulary of bytes alone is one without merges.
 *
 * @param merges    pairs with a blank between them, the first to be merged first
 * @param splitting the name llama.cpp has for the pattern that cuts text before merging
 */
record ByteLevelMerging(List<String> merges, String splitting) implements GgufVocabulary.Merging {

    private static final String LETTERS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
    private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final Map<String, String> PATTERNS = Map.of(
            LETTERS + "\\p{N}{1,3}" + REST, "llama-bpe",
            LETTERS + "\\p{N}" + REST, "qwen2");

    static ByteLevelMerging read(Path file, JsonNode json) {
        var merges = GgufVocabulary.merges(json.path("model")).stream().map(pair -> String.join(" ", pair)).toList();
        return new ByteLevelMerging(merges, splitting(file, json.path("pre_tokenizer"), merges.isEmpty()));
    }

    @Override
    public void writeTo(GgufWriter writer) {
        writer.set("tokenizer.ggml.model", "gpt2").set("tokenizer.ggml.pre", splitting).set("tokenizer.ggml.merges", merges);
    }

    /** Without merges it does not matter how text is cut. */
    private static String splitting(Path file, JsonNode preTokenizer, boolean bytesOnly) {
        return bytesOnly ? "gpt-2" : named(steps(preTokenizer)).orElseThrow(() -> new BadInput(file.toString(),
                "must cut text as GPT-2, SmolLM, Llama 3 or Qwen 2 do to become part of a GGUF file here", preTokenizer,
                GgufVocabulary.WAY_OUT));
    }

    private static List<JsonNode> steps(JsonNode preTokenizer) {
        return preTokenizer.path("type").asText().equals("Sequence")
                ? preTokenizer.path("pretokenizers").valueStream().flatMap(step -> steps(step).stream()).toList() : List.of(preTokenizer);
    }

    /** llama.cpp's name for a way to cut; empty when it has none, or none that is known here. */
    private static Optional<String> named(List<JsonNode> steps) {
        var last = steps.get(steps.size() - 1);
        if (!isType(last, "ByteLevel") || last.path("add_prefix_space").asBoolean(true) || steps.size() > 2) {
            return Optional.empty();
        }
        boolean cutsAsGpt2 = last.path("use_regex").asBoolean(true);
        if (steps.size() == 1) {
            return cutsAsGpt2 ? Optional.of("gpt-2") : Optional.empty();
        }
        var first = steps.get(0);
        if (isType(first, "Digits") && first.path("individual_digits").asBoolean() && cutsAsGpt2) {
            return Optional.of("smollm");
        }
        boolean isolates = isType(first, "Split") && first.path("behavior").asText().equals("Isolated") && !first.path("invert")
                .asBoolean();
        return isolates && !cutsAsGpt2 ? Optional.ofNullable(PATTERNS.get(first.path("pattern").path("Regex").asText())) : Optional.empty();
    }

    private static boolean isType(JsonNode step, String type) {
        return step.path("type").asText().equals(type);
    }
}
