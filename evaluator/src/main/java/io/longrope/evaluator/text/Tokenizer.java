package io.longrope.evaluator.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.longrope.evaluator.text.internal.TokenizerJson;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A checkpoint's tokenizer.json. Never truncates, never pads, adds no special tokens. It is loaded when first used, so
 * that text which is already tokenised needs none. Safe for use by several threads.
 */
public final class Tokenizer implements AutoCloseable {

    /** The engine keeps some hundred bytes per token of a call, so long texts go through in pieces. */
    private static final int PIECE_CHARACTERS = 1 << 20;

    private final Path file;
    private final int vocabSize;
    private final int pieceCharacters;
    private String json;
    private String fingerprint;
    private HuggingFaceTokenizer engine;

    Tokenizer(Path file, int vocabSize, int pieceCharacters) {
        this.file = file;
        this.vocabSize = vocabSize;
        this.pieceCharacters = pieceCharacters;
    }

    /** @param vocabSize rows of the model's embedding: a token id from there on is an error */
    public static Tokenizer of(Path checkpointDirectory, int vocabSize) {
        return new Tokenizer(checkpointDirectory.resolve("tokenizer.json"), vocabSize, PIECE_CHARACTERS);
    }

    /**
     * The token ids of a text.
     *
     * @throws BadInput when tokenizer.json is missing or broken, or does not fit the vocabulary
     */
    public synchronized int[] encode(String text) {
        if (isByteLevel() && ByteLevelTokenizer.isPlain(text)) {
            return requireInVocabulary(ByteLevelTokenizer.encode(text), file.toString());
        }
        var ids = IntStream.builder();
        int start = 0;
        while (start < text.length()) {
            int end = pieceEnd(text, start);
            for (long id : start == 0 ? ids(text.substring(0, end)) : idsInside(text.substring(start, end))) {
                ids.add(Math.toIntExact(id));
            }
            start = end;
        }
        return requireInVocabulary(ids.build().toArray(), file.toString());
    }

    /** The text of token ids, special tokens included. */
    public synchronized String decode(int[] ids) {
        return engine().decode(Arrays.stream(ids).asLongStream().toArray(), false);
    }

    /** SHA-256 of tokenizer.json; {@code none} when there is no such file. */
    public synchronized String fingerprint() {
        if (fingerprint == null) {
            fingerprint = Files.exists(file) ? Json.sha256(json()) : "none";
        }
        return fingerprint;
    }

    /** Returns the ids when the model knows them all. */
    public int[] requireInVocabulary(int[] ids, String source) {
        for (int id : ids) {
            if (id < 0 || id >= vocabSize) {
                throw new BadInput(source, "must give token ids below the model's vocab_size = " + vocabSize, id,
                        "use the tokenizer the model was trained with");
            }
        }
        return ids;
    }

    @Override
    public synchronized void close() {
        if (engine != null) {
            engine.close();
            engine = null;
        }
    }

    private long[] ids(String text) {
        return engine().encode(text, false, false).getIds();
    }

    /**
     * Of a piece from the midst of a text. Tokenizers of SentencePiece's kind mark the beginning of whatever they are given
     * with a blank, so the piece follows a line break, whose own tokens are left out.
     */
    private long[] idsInside(String piece) {
        var before = ids("\n");
        var both = ids("\n" + piece);
        return both.length > before.length && Arrays.equals(before, 0, before.length, both, 0, before.length)
                ? Arrays.copyOfRange(both, before.length, both.length) : ids(piece);
    }

    /**
     * Cuts where no merge of a usual tokenizer reaches across: after the last line break before a line that begins with no
     * blank, or before the last blank that follows none.
     */
    private int pieceEnd(String text, int start) {
        int limit = start + pieceCharacters;
        if (limit >= text.length()) {
            return text.length();
        }
        for (int end = limit; end > start + pieceCharacters / 2; end--) {
            if (text.charAt(end - 1) == '\n' && !Character.isWhitespace(text.charAt(end))) {
                return end;
            }
        }
        for (int end = limit; end > start + pieceCharacters / 2; end--) {
            if (text.charAt(end) == ' ' && !Character.isWhitespace(text.charAt(end - 1)) && !text.startsWith("  ", end)) {
                return end;
            }
        }
        return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
    }

    private boolean isByteLevel() {
        return json().equals(ByteLevelTokenizer.tokenizerJson());
    }

    private String json() {
        if (json == null) {
            try {
                json = Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new BadInput(new Problem(file.toString(), "must be a readable tokenizer", Files.exists(file) ? e.toString() : "missing", ""), e);
            }
        }
        return json;
    }

    private HuggingFaceTokenizer engine() {
        if (engine == null) {
            TokenizerJson.check(json(), file.toString());
            try {
                // by default the engine cuts every text to 512 tokens
                engine = HuggingFaceTokenizer.builder().optTokenizerPath(file).optAddSpecialTokens(false)
                        .optTruncation(false).optPadding(false).build();
            } catch (IOException | RuntimeException e) {
                throw new BadInput(new Problem(file.toString(), "must be a tokenizer.json", String.valueOf(e.getMessage()), ""), e);
            }
        }
        return engine;
    }
}
