package io.longrope.evaluator.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.text.Splitting;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.gguf.GgufWriter;

import java.nio.file.Path;
import java.util.List;

/**
 * Byte-level BPE, which llama.cpp calls {@code gpt2}; a vocabulary of bytes alone is one without merges.
 *
 * @param merges    pairs with a blank between them, the first to be merged first
 * @param splitting the name llama.cpp has for the pattern that cuts text before merging
 */
record ByteLevelMerging(List<String> merges, String splitting) implements GgufVocabulary.Merging {

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
        return bytesOnly ? Splitting.GPT2.ggufName() : Splitting.of(preTokenizer).map(Splitting::ggufName).orElseThrow(() ->
                new BadInput(file.toString(), "must cut text as one of " + Splitting.known() + " does to become part of a GGUF file",
                        preTokenizer, GgufVocabulary.WAY_OUT));
    }
}
