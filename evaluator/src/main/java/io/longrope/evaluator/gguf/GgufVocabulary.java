package io.longrope.evaluator.gguf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.text.StartToken;
import io.longrope.evaluator.text.TokenizerFiles;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import io.longrope.search.table.gguf.GgufWriter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A tokenizer.json as GGUF files hold it: byte-level BPE (Llama 3, Qwen) or SentencePiece's BPE with byte fallback (Llama 2,
 * Mistral).
 *
 * @param tokens  by id, as many as the model's embedding has rows
 * @param types   by id, as llama.cpp numbers them
 * @param merging how text becomes tokens
 * @param addsBos whether a text begins with the token
 */
record GgufVocabulary(List<String> tokens, int[] types, Merging merging, OptionalInt bos, OptionalInt eos, boolean addsBos) {

    /** What a kind of BPE says of itself besides its tokens. */
    interface Merging {

        void writeTo(GgufWriter writer);
    }

    static final String WAY_OUT = "convert it with llama.cpp's convert_hf_to_gguf.py and export into that file";

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final int UNUSED = 5;
    private static final int BYTE = 6;
    private static final Pattern BYTE_TOKEN = Pattern.compile("<0x[0-9A-F]{2}>");

    static GgufVocabulary read(Path file, ModelConfig config) throws IOException {
        var json = json(file);
        var model = json.path("model");
        boolean byteFallback = model.path("byte_fallback").asBoolean();
        boolean byteLevel = json.path("pre_tokenizer").toString().contains("ByteLevel");
        if (!model.path("type").asText().equals("BPE") || byteFallback == byteLevel) {
            throw new BadInput(file.toString(),
                    "must be a BPE tokenizer, byte-level or with byte fallback, to become part of a GGUF file here",
                    model.path("type").asText("none"), WAY_OUT);
        }
        var merging = byteLevel ? ByteLevelMerging.read(file, json) : SentencePieceMerging.read(file, json, config.vocabSize());
        var tokens = new String[config.vocabSize()];
        var types = new int[config.vocabSize()];
        Arrays.fill(types, UNUSED);
        model.path("vocab").properties().forEach(token -> enter(file, tokens, types, token.getValue().asInt(-1), token.getKey(), NORMAL));
        json.path("added_tokens").forEach(token -> enter(file, tokens, types, token.path("id").asInt(-1), token.path("content").asText(),
                token.path("special").asBoolean() ? CONTROL : USER_DEFINED));
        for (int id = 0; id < tokens.length; id++) {
            tokens[id] = tokens[id] == null ? "[PAD" + id + "]" : tokens[id];
            types[id] = byteFallback ? withFallback(tokens[id], types[id], model.path("unk_token").asText()) : types[id];
        }
        return new GgufVocabulary(List.of(tokens), types, merging, config.bosTokenId(), config.eosTokenId(),
                StartToken.AUTO.of(TokenizerFiles.of(file), config.bosTokenId(), config.vocabSize()).isPresent());
    }

    void writeTo(GgufWriter writer) {
        merging.writeTo(writer);
        writer.set("tokenizer.ggml.tokens", tokens).set("tokenizer.ggml.token_type", types);
        bos.ifPresent(id -> writer.set("tokenizer.ggml.bos_token_id", id));
        eos.ifPresent(id -> writer.set("tokenizer.ggml.eos_token_id", id));
        writer.set("tokenizer.ggml.add_bos_token", addsBos);
    }

    /** The two tokens of each merge, the first to be merged first. */
    static List<List<String>> merges(JsonNode model) {
        return model.path("merges").valueStream().map(merge -> merge.isTextual() ? List.of(merge.textValue().split(" ", 2))
                : List.of(merge.path(0).asText(), merge.path(1).asText())).toList();
    }

    private static int withFallback(String token, int type, String unknown) {
        if (BYTE_TOKEN.matcher(token).matches()) {
            return BYTE;
        }
        return token.equals(unknown) ? UNKNOWN : type;
    }

    private static JsonNode json(Path file) {
        try {
            return Json.mapper().readTree(Files.readString(file));
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            throw new BadInput(new Problem(file + fault.place(), "must be a tokenizer.json", fault.found(), fault.wayOut()), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be a readable tokenizer", Obstacle.of(e), ""), e);
        }
    }

    private static void enter(Path file, String[] tokens, int[] types, int id, String token, int type) {
        if (id < 0 || id >= tokens.length) {
            throw new BadInput(file.toString(), "must give token ids below the model's vocab_size = " + tokens.length, id,
                    "use the tokenizer the model was trained with");
        }
        tokens[id] = token;
        types[id] = type;
    }
}
