package io.longrope.evaluator.gguf;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.table.gguf.GgufWriter;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * SentencePiece's BPE with byte fallback, which llama.cpp calls {@code llama}. There, two neighbours are merged whenever a
 * token reads like both together, that of the best score first; a tokenizer.json lists the pairs by rank. Both say the same
 * where all pairs that read like one token follow each other in the list, and none is missing; then the score is the rank of
 * the first of them. Lists made from a SentencePiece model are so, lists that were trained as pairs are not.
 *
 * @param scores      by id; the higher, the earlier merged
 * @param spacePrefix whether text gets a blank before it
 * @param unknown     id of the token for what no other stands for
 */
record SentencePieceMerging(float[] scores, boolean spacePrefix, int unknown) implements GgufVocabulary.Merging {

    private static final String BLANK = "\u2581";

    static SentencePieceMerging read(Path file, JsonNode json, int vocabulary) {
        var model = json.path("model");
        var ids = model.path("vocab");
        for (int value = 0; value < 256; value++) {
            Require.that(ids.has(String.format("<0x%02X>", value)), file.toString(),
                    "must have a token for each byte to become part of a GGUF file here",
                    "none for " + value);
        }
        var unknown = model.path("unk_token").asText();
        Require.that(ids.has(unknown), file.toString(), "must have a token for the unknown to become part of a GGUF file here",
                "'" + unknown + "'");
        var scores = new float[vocabulary];
        ranks(file, ids, GgufVocabulary.merges(model)).forEach((token, rank) -> {
            int id = ids.path(token).asInt();
            if (id < vocabulary) {
                scores[id] = -rank;
            }
        });
        return new SentencePieceMerging(scores, spacePrefix(file, json), ids.path(unknown).asInt());
    }

    @Override
    public void writeTo(GgufWriter writer) {
        writer.set("tokenizer.ggml.model", "llama").set("tokenizer.ggml.pre", "default").set("tokenizer.ggml.scores", scores)
                .set("tokenizer.ggml.unknown_token_id", unknown).set("tokenizer.ggml.add_space_prefix", spacePrefix);
    }

    /** Tokens that are made by merging, with the rank of the first merge that makes them. */
    private static Map<String, Integer> ranks(Path file, JsonNode ids, List<List<String>> merges) {
        var ranks = new HashMap<String, Integer>();
        var pairs = new HashSet<List<String>>(merges);
        var before = "";
        for (int rank = 0; rank < merges.size(); rank++) {
            var token = String.join("", merges.get(rank));
            refuseUnless(ids.has(token), file, "'" + token + "' merged, but no token");
            boolean first = ranks.putIfAbsent(token, rank + 1) == null;
            refuseUnless(first || token.equals(before), file, "the pairs that make '" + token + "' apart from each other");
            before = token;
        }
        ranks.keySet().forEach(token -> refuseMissing(file, token, ranks.keySet(), pairs));
        return ranks;
    }

    /** Every way to make a token of two that can occur must be a merge. */
    private static void refuseMissing(Path file, String token, Set<String> made, Set<List<String>> pairs) {
        for (int cut = token.offsetByCodePoints(0, 1); cut < token.length(); cut = token.offsetByCodePoints(cut, 1)) {
            var left = token.substring(0, cut);
            var right = token.substring(cut);
            refuseUnless(!occurs(left, made) || !occurs(right, made) || pairs.contains(List.of(left, right)), file,
                    "'" + left + "' and '" + right + "' not merged to '" + token + "'");
        }
    }

    private static boolean occurs(String token, Set<String> made) {
        return token.codePointCount(0, token.length()) == 1 || made.contains(token);
    }

    private static void refuseUnless(boolean holds, Path file, String found) {
        if (!holds) {
            throw new BadInput(file.toString(), "must merge as a SentencePiece model does to become part of a GGUF file here", found,
                    GgufVocabulary.WAY_OUT);
        }
    }

    /** Blanks become a mark of their own, before the first word too or not, and nothing else is cut or changed. */
    private static boolean spacePrefix(Path file, JsonNode json) {
        var preTokenizer = json.path("pre_tokenizer");
        if (preTokenizer.path("type").asText().equals("Metaspace") && preTokenizer.path("replacement").asText().equals(BLANK)
                && !preTokenizer.path("split").asBoolean(true) && isNothing(json.path("normalizer"))) {
            return !preTokenizer.path("prepend_scheme").asText("always").equals("never");
        }
        var normalizers = json.path("normalizer").path("type").asText().equals("Sequence") ? json.path("normalizer").path("normalizers")
                .valueStream().toList()
                : List.of(json.path("normalizer"));
        var kinds = normalizers.stream().map(normalizer -> normalizer.path("type").asText()).toList();
        boolean marks = normalizers.stream().allMatch(normalizer -> normalizer.path("prepend").asText(BLANK).equals(BLANK)
                && normalizer.path("content").asText(BLANK).equals(BLANK) && normalizer.path("pattern").path("String").asText(" ")
                .equals(" "));
        if (!isNothing(preTokenizer) || !marks || !kinds.equals(List.of("Prepend", "Replace")) && !kinds.equals(List.of("Replace"))) {
            throw new BadInput(file.toString(),
                    "must only mark blanks before it merges, as Llama 2 does, to become part of a GGUF file here",
                    "normalizer " + kinds + ", pre-tokenizer " + preTokenizer.path("type").asText("none"), GgufVocabulary.WAY_OUT);
        }
        return kinds.size() == 2;
    }

    private static boolean isNothing(JsonNode node) {
        return node.isNull() || node.isMissingNode();
    }
}
