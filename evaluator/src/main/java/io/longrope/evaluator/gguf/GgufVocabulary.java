package io.longrope.evaluator.gguf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.search.internal.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.table.gguf.GgufWriter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * A byte-level BPE tokenizer.json in the form llama.cpp calls {@code gpt2}; a vocabulary of bytes alone is one without
 * merges. Other kinds (SentencePiece with byte fallback) are refused.
 *
 * @param tokens by id, as many as the model's embedding has rows
 * @param types  by id
 * @param merges pairs with a blank between them, the first to be merged first
 * @param splitting the name llama.cpp has for the pattern that cuts text before merging
 */
record GgufVocabulary(List<String> tokens, int[] types, List<String> merges, String splitting, OptionalInt bos, OptionalInt eos) {

    private static final int NORMAL = 1;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;

    private static final String WAY_OUT = "convert it with llama.cpp's convert_hf_to_gguf.py and export into that file";
    private static final String LETTERS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
    private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final Map<String, String> PATTERNS = Map.of(
            LETTERS + "\\p{N}{1,3}" + REST, "llama-bpe",
            LETTERS + "\\p{N}" + REST, "qwen2");

    static GgufVocabulary read(Path file, ModelConfig config) throws IOException {
        JsonNode json;
        try {
            json = Json.mapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            throw new BadInput(new Problem(file.toString(), "must be a tokenizer.json", e.getOriginalMessage(), ""), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be a readable tokenizer", e.toString(), ""), e);
        }
        var model = json.path("model");
        if (!model.path("type").asText().equals("BPE") || model.path("byte_fallback").asBoolean() || !json.path("pre_tokenizer").toString().contains("ByteLevel")) {
            throw new BadInput(file.toString(), "must be a byte-level BPE tokenizer to become part of a GGUF file here", model.path("type").asText("none")
                    + (model.path("byte_fallback").asBoolean() ? " with byte fallback" : ""), WAY_OUT);
        }
        var merges = new ArrayList<String>();
        model.path("merges").forEach(merge -> merges.add(merge.isTextual() ? merge.textValue() : merge.path(0).asText() + " " + merge.path(1).asText()));
        var tokens = new String[config.vocabSize()];
        var types = new int[config.vocabSize()];
        Arrays.fill(types, UNUSED);
        model.path("vocab").properties().forEach(token -> enter(file, tokens, types, token.getValue().asInt(-1), token.getKey(), NORMAL));
        json.path("added_tokens").forEach(token -> enter(file, tokens, types, token.path("id").asInt(-1), token.path("content").asText(),
                token.path("special").asBoolean() ? CONTROL : USER_DEFINED));
        for (int id = 0; id < tokens.length; id++) {
            tokens[id] = tokens[id] == null ? "[PAD" + id + "]" : tokens[id];
        }
        return new GgufVocabulary(List.of(tokens), types, List.copyOf(merges), splitting(file, json.path("pre_tokenizer"), merges.isEmpty()),
                config.bosTokenId(), config.eosTokenId());
    }

    void writeTo(GgufWriter writer) {
        writer.set("tokenizer.ggml.model", "gpt2").set("tokenizer.ggml.pre", splitting).set("tokenizer.ggml.tokens", tokens)
                .set("tokenizer.ggml.token_type", types).set("tokenizer.ggml.merges", merges);
        bos.ifPresent(id -> writer.set("tokenizer.ggml.bos_token_id", id));
        eos.ifPresent(id -> writer.set("tokenizer.ggml.eos_token_id", id));
        writer.set("tokenizer.ggml.add_bos_token", bos.isPresent());
    }

    private static void enter(Path file, String[] tokens, int[] types, int id, String token, int type) {
        if (id < 0 || id >= tokens.length) {
            throw new BadInput(file.toString(), "must give token ids below the model's vocab_size = " + tokens.length, id,
                    "use the tokenizer the model was trained with");
        }
        tokens[id] = token;
        types[id] = type;
    }

    /** Without merges it does not matter how text is cut. */
    private static String splitting(Path file, JsonNode preTokenizer, boolean bytesOnly) {
        var patterns = preTokenizer.findValuesAsText("Regex");
        if (bytesOnly || patterns.isEmpty() && preTokenizer.path("use_regex").asBoolean(true)) {
            return "gpt-2";
        }
        var known = patterns.size() == 1 ? PATTERNS.get(patterns.get(0)) : null;
        if (known == null) {
            throw new BadInput(file.toString(), "must cut text as GPT-2, Llama 3 or Qwen 2 do to become part of a GGUF file here", patterns, WAY_OUT);
        }
        return known;
    }
}
