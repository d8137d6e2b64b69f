package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.evaluator.text.Splitting;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;
import io.longrope.search.table.gguf.GgufHeader;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The tokenizer of a GGUF file as a tokenizer.json that gives the ids of llama.cpp: byte-level BPE ({@code gpt2}), and SentencePiece's
 * BPE with byte fallback ({@code llama}), whose scores become merges.
 */
public final class GgufTokenizer {

    private static final String PREFIX = "tokenizer.ggml.";
    private static final int UNKNOWN = 2;
    private static final int CONTROL = 3;
    private static final int USER_DEFINED = 4;
    private static final String BLANK = "\u2581";

    private final GgufHeader header;
    private final List<String> tokens;
    private final List<Number> types;
    private final Map<String, Integer> ids = new HashMap<>();

    private GgufTokenizer(GgufHeader header) {
        this.header = header;
        tokens = header.texts(PREFIX + "tokens");
        types = header.numbers(PREFIX + "token_type");
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
    }

    /** True when the file says which tokens there are. */
    public static boolean isIn(GgufHeader header) {
        return header.has(PREFIX + "tokens");
    }

    /** @throws io.longrope.search.problem.BadInput when the file has none, or one of a kind that is not known here */
    public static String json(GgufHeader header) {
        if (!isIn(header)) {
            throw header.bad(PREFIX + "tokens", "must be given to tokenize a text", "missing", "");
        }
        var model = header.text(PREFIX + "model").orElse("none");
        var tokenizer = new GgufTokenizer(header);
        return switch (model) {
            case "gpt2" -> tokenizer.byteLevel().toString();
            case "llama" -> tokenizer.sentencePiece().toString();
            default -> throw header.bad(PREFIX + "model", "must be gpt2 or llama to become a tokenizer.json", model,
                    "put the tokenizer of the original model into a directory with the weights");
        };
    }

    /** The tokenizer_config.json that goes with it. */
    public static String settings(GgufHeader header) {
        var tokenizer = new GgufTokenizer(header);
        var settings = Json.mapper().createObjectNode().put("tokenizer_class", "PreTrainedTokenizerFast");
        for (var name : List.of("bos", "eos")) {
            header.whole(PREFIX + name + "_token_id").ifPresent(id -> settings.put(name + "_token", tokenizer.token((int) id)));
        }
        settings.put("clean_up_tokenization_spaces", false);
        return settings.toPrettyString();
    }

    private ObjectNode byteLevel() {
        var name = header.text(PREFIX + "pre").orElse("");
        var splitting = Splitting.named(name).orElseThrow(() ->
                header.bad(PREFIX + "pre", "must be one of " + Splitting.known() + " to become a tokenizer.json", name, ""));
        var json = frame(splitting == Splitting.LLAMA3 || splitting == Splitting.TEKKEN);
        json.putNull("normalizer");
        json.set("pre_tokenizer", splitting.json());
        json.putObject("decoder").put("type", "ByteLevel").put("add_prefix_space", true).put("trim_offsets", true).put("use_regex", true);
        var model = model(json, false, splitting.takesWholeWords());
        var merges = model.putArray("merges");
        for (var merge : header.texts(PREFIX + "merges")) {
            // a token may begin with a blank, but not end with one
            int cut = merge.indexOf(' ', 1);
            if (cut > 0) {
                merge(merges, merge.substring(0, cut), merge.substring(cut + 1));
            }
        }
        return json;
    }

    private ObjectNode sentencePiece() {
        boolean prefix = header.flag(PREFIX + "add_space_prefix").orElse(true);
        var json = frame(true);
        var normalizers = json.putObject("normalizer").put("type", "Sequence").putArray("normalizers");
        if (prefix) {
            normalizers.addObject().put("type", "Prepend").put("prepend", BLANK);
        }
        normalizers.addObject().put("type", "Replace").put("content", BLANK).putObject("pattern").put("String", " ");
        json.putNull("pre_tokenizer");
        var decoders = json.putObject("decoder").put("type", "Sequence").putArray("decoders");
        decoders.addObject().put("type", "Replace").put("content", " ").putObject("pattern").put("String", BLANK);
        decoders.addObject().put("type", "ByteFallback");
        decoders.addObject().put("type", "Fuse");
        if (prefix) {
            decoders.addObject().put("type", "Strip").put("content", " ").put("start", 1).put("stop", 0);
        }
        var model = model(json, true, false);
        header.whole(PREFIX + "unknown_token_id").ifPresent(id -> model.put("unk_token", token((int) id)));
        merges(model.putArray("merges"));
        return json;
    }

    /**
     * llama.cpp merges whichever two neighbours read like a token, that of the best score first, of several with that score the leftmost.
     * So every way to cut a token in two is a merge, with the score of the whole.
     */
    private void merges(ArrayNode merges) {
        var scores = header.numbers(PREFIX + "scores");
        if (scores.size() != tokens.size()) {
            throw header.bad(PREFIX + "scores", "must be one for each of " + Plural.of(tokens.size(), "token"), scores.size(), "");
        }
        var order = new ArrayList<>(ids.values());
        order.sort(Comparator.<Integer>comparingDouble(id -> -scores.get(id).floatValue()).thenComparingInt(id -> id));
        for (int id : order) {
            var token = tokens.get(id);
            for (int cut = 0; cut < token.length(); cut += Character.charCount(token.codePointAt(cut))) {
                if (cut > 0 && ids.containsKey(token.substring(0, cut)) && ids.containsKey(token.substring(cut))) {
                    merge(merges, token.substring(0, cut), token.substring(cut));
                }
            }
        }
    }

    /** As a pair: a token may contain a blank. */
    private void merge(ArrayNode merges, String left, String right) {
        if (ids.containsKey(left) && ids.containsKey(right) && ids.containsKey(left + right)) {
            merges.addArray().add(left).add(right);
        }
    }

    /** What both kinds have: the tokens that are found before a text is cut, and the one before a text. */
    private ObjectNode frame(boolean startsByDefault) {
        var json = Json.mapper().createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding");
        var added = json.putArray("added_tokens");
        for (int id = 0; id < tokens.size(); id++) {
            int type = id < types.size() ? types.get(id).intValue() : 1;
            if (ids.get(tokens.get(id)) == id && !tokens.get(id).isEmpty()
                    && (type == UNKNOWN || type == CONTROL || type == USER_DEFINED)) {
                added.addObject().put("id", id).put("content", tokens.get(id)).put("single_word", false).put("lstrip", false)
                        .put("rstrip", false).put("normalized", false).put("special", type != USER_DEFINED);
            }
        }
        var start = header.whole(PREFIX + "bos_token_id");
        if (start.isEmpty() || !header.flag(PREFIX + "add_bos_token").orElse(startsByDefault)) {
            json.putNull("post_processor");
            return json;
        }
        var token = token((int) start.getAsLong());
        var processor = json.putObject("post_processor").put("type", "TemplateProcessing");
        var single = processor.putArray("single");
        special(single, token, 0);
        sequence(single, "A", 0);
        var pair = processor.putArray("pair");
        special(pair, token, 0);
        sequence(pair, "A", 0);
        sequence(pair, "B", 1);
        var special = processor.putObject("special_tokens").putObject(token).put("id", token);
        special.putArray("ids").add(start.getAsLong());
        special.putArray("tokens").add(token);
        return json;
    }

    private static void special(ArrayNode pieces, String token, int type) {
        pieces.addObject().putObject("SpecialToken").put("id", token).put("type_id", type);
    }

    private static void sequence(ArrayNode pieces, String name, int type) {
        pieces.addObject().putObject("Sequence").put("id", name).put("type_id", type);
    }

    private ObjectNode model(ObjectNode json, boolean byteFallback, boolean wholeWords) {
        var model = json.putObject("model").put("type", "BPE");
        model.putNull("dropout").putNull("unk_token").putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", byteFallback).put("byte_fallback", byteFallback).put("ignore_merges", wholeWords);
        var vocabulary = model.putObject("vocab");
        ids.entrySet().stream().sorted(Map.Entry.comparingByValue()).forEach(token -> vocabulary.put(token.getKey(), token.getValue()));
        return model;
    }

    private String token(int id) {
        if (id < 0 || id >= tokens.size()) {
            throw header.bad(PREFIX + "tokens", "must have the special token " + id, Plural.of(tokens.size(), "token"), "");
        }
        return tokens.get(id);
    }
}
