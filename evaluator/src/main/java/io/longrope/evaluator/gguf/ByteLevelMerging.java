package io.longrope.evaluator.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufWriter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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
        var patterns = preTokenizer.findValuesAsText("Regex");
        if (bytesOnly || patterns.isEmpty() && preTokenizer.path("use_regex").asBoolean(true)) {
            return "gpt-2";
        }
        var known = patterns.size() == 1 ? PATTERNS.get(patterns.get(0)) : null;
        if (known == null) {
            throw new BadInput(file.toString(), "must cut text as GPT-2, Llama 3 or Qwen 2 do to become part of a GGUF file here", patterns,
                    GgufVocabulary.WAY_OUT);
        }
        return known;
    }
}
