package io.longrope.evaluator.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.longrope.search.json.Json;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The vocabulary of bytes: ids 0 to 255 are the bytes of UTF-8, {@link #BOS} and {@link #EOS} follow. Written as a
 * byte-level BPE without merges, which every reader of tokenizer.json knows.
 */
public final class ByteLevelTokenizer {

    /** Id of the token a sequence starts with. */
    public static final int BOS = 256;
    /** Id of the token a text ends with. */
    public static final int EOS = 257;
    /** Number of ids. */
    public static final int VOCAB_SIZE = 258;

    // spelt so that no ordinary text holds them: readers turn these words into the special tokens wherever they stand
    private static final String BOS_TEXT = "<|startoftext|>";
    private static final String EOS_TEXT = "<|endoftext|>";
    private static final String JSON = pretty(tokenizer());

    private ByteLevelTokenizer() {
    }

    /** The content of tokenizer.json. */
    public static String tokenizerJson() {
        return JSON;
    }

    /** The content of tokenizer_config.json. */
    public static String tokenizerConfigJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("tokenizer_class", "PreTrainedTokenizerFast");
        json.put("bos_token", BOS_TEXT);
        json.put("eos_token", EOS_TEXT);
        json.put("clean_up_tokenization_spaces", false);
        return pretty(json);
    }

    /** tokenizer.json and tokenizer_config.json, by name. */
    public static Map<String, String> files() {
        return Map.of("tokenizer.json", tokenizerJson(), "tokenizer_config.json", tokenizerConfigJson());
    }

    /** True when a text holds no special token, so that its ids are its bytes. */
    static boolean isPlain(String text) {
        return !text.contains(BOS_TEXT) && !text.contains(EOS_TEXT);
    }

    /** Both ways. */
    public static TokenCoding coding() {
        return new TokenCoding(ByteLevelTokenizer::encode, ByteLevelTokenizer::decode);
    }

    /** The text of ids; special tokens are left out, and bytes that are no UTF-8 become the replacement character. */
    static String decode(int[] ids) {
        var bytes = new ByteArrayOutputStream(ids.length);
        for (int id : ids) {
            if (id < BOS) {
                bytes.write(id);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** The ids of a text without special tokens. */
    public static int[] encode(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var ids = new int[bytes.length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = bytes[i] & 0xff;
        }
        return ids;
    }

    private static Map<String, Object> tokenizer() {
        var vocabulary = new LinkedHashMap<String, Object>();
        for (int value = 0; value < 256; value++) {
            vocabulary.put(String.valueOf(letter(value)), value);
        }
        vocabulary.put(BOS_TEXT, BOS);
        vocabulary.put(EOS_TEXT, EOS);
        var model = new LinkedHashMap<String, Object>();
        model.put("type", "BPE");
        model.put("dropout", null);
        model.put("unk_token", null);
        model.put("continuing_subword_prefix", null);
        model.put("end_of_word_suffix", null);
        model.put("fuse_unk", false);
        model.put("byte_fallback", false);
        model.put("vocab", vocabulary);
        model.put("merges", List.of());
        var json = new LinkedHashMap<String, Object>();
        json.put("version", "1.0");
        json.put("truncation", null);
        json.put("padding", null);
        json.put("added_tokens", List.of(added(BOS, BOS_TEXT), added(EOS, EOS_TEXT)));
        json.put("normalizer", null);
        json.put("pre_tokenizer", byteLevel());
        json.put("post_processor", startsWithBos());
        json.put("decoder", byteLevel());
        json.put("model", model);
        return json;
    }

    /**
     * The character that stands for a byte in a byte-level vocabulary (the alphabet GPT-2 began): itself where it is
     * visible, else the next unused one from U+0100 on.
     */
    private static char letter(int value) {
        if (isVisible(value)) {
            return (char) value;
        }
        int hidden = 0;
        for (int below = 0; below < value; below++) {
            hidden += isVisible(below) ? 0 : 1;
        }
        return (char) (0x100 + hidden);
    }

    private static boolean isVisible(int value) {
        return value >= '!' && value <= '~' || value >= 0xa1 && value <= 0xac || value >= 0xae;
    }

    private static Map<String, Object> byteLevel() {
        return new LinkedHashMap<>(Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", false, "use_regex", false));
    }

    private static Map<String, Object> added(int id, String content) {
        var token = new LinkedHashMap<String, Object>();
        token.put("id", id);
        token.put("content", content);
        token.put("single_word", false);
        token.put("lstrip", false);
        token.put("rstrip", false);
        token.put("normalized", false);
        token.put("special", true);
        return token;
    }

    private static Map<String, Object> startsWithBos() {
        var bos = Map.of("SpecialToken", Map.of("id", BOS_TEXT, "type_id", 0));
        var first = Map.of("Sequence", Map.of("id", "A", "type_id", 0));
        var second = Map.of("Sequence", Map.of("id", "B", "type_id", 0));
        var json = new LinkedHashMap<String, Object>();
        json.put("type", "TemplateProcessing");
        json.put("single", List.of(bos, first));
        json.put("pair", List.of(bos, first, second));
        json.put("special_tokens", Map.of(BOS_TEXT, Map.of("id", BOS_TEXT, "ids", List.of(BOS), "tokens", List.of(BOS_TEXT))));
        return json;
    }

    private static String pretty(Map<String, Object> json) {
        try {
            return Json.mapper().writerWithDefaultPrettyPrinter().with(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .writeValueAsString(json) + "\n";
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
