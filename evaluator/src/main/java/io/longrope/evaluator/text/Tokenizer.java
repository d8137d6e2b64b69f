package io.longrope.evaluator.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import io.longrope.evaluator.text.internal.Pieces;
import io.longrope.evaluator.text.internal.TokenizerJson;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A checkpoint's tokenizer.json. Never truncates, never pads, adds no special tokens. It is loaded when first used, so
 * that text which is already tokenised needs none. Safe for use by several threads.
 */
public final class Tokenizer implements AutoCloseable {

    /** The engine keeps some hundred bytes per token of a call, so long texts go through in pieces. */
    private static final int PIECE_CHARACTERS = 1 << 20;

    static final String NO_FINGERPRINT = "none";

    private final TokenizerFiles files;
    private final int vocabSize;
    private final int pieceCharacters;
    private String json;
    private String fingerprint;
    private Boolean isByteLevel;
    private HuggingFaceTokenizer engine;
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    Tokenizer(TokenizerFiles files, int vocabSize, int pieceCharacters) {
        this.files = files;
        this.vocabSize = vocabSize;
        this.pieceCharacters = pieceCharacters;
    }

    /** @param vocabSize rows of the model's embedding: a token id from there on is an error */
    public static Tokenizer of(Path checkpointDirectory, int vocabSize) {
        return of(TokenizerFiles.in(checkpointDirectory), vocabSize);
    }

    /** As {@link #of(Path, int)}, of a checkpoint in any form. */
    public static Tokenizer of(TokenizerFiles files, int vocabSize) {
        return new Tokenizer(files, vocabSize, PIECE_CHARACTERS);
    }

    /**
     * The token ids of a text.
     *
     * @throws BadInput when tokenizer.json is missing or broken, or does not fit the vocabulary
     */
    public int[] encode(String text) {
        var ids = IntStream.builder();
        try {
            var pieces = pieces(new StringReader(text));
            boolean isFirst = true;
            for (var piece = pieces.next(); piece != null; piece = pieces.next()) {
                Arrays.stream(encodePiece(piece, isFirst)).forEach(ids::add);
                isFirst = false;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory is always readable", e);
        }
        return ids.build().toArray();
    }

    /** Cuts a text into what {@link #encodePiece} takes; the ids of the pieces, one after the other, are those of the text. */
    Pieces pieces(Reader text) {
        return new Pieces(text, pieceCharacters);
    }

    /** @param isFirst true when the piece begins its text */
    int[] encodePiece(String piece, boolean isFirst) {
        if (isByteLevel() && ByteLevelTokenizer.isPlain(piece)) {
            return requireInVocabulary(ByteLevelTokenizer.encode(piece), files.place());
        }
        var ids = isFirst ? ids(piece) : idsInside(piece);
        return requireInVocabulary(Arrays.stream(ids).mapToInt(Math::toIntExact).toArray(), files.place());
    }

    /** Ids lie below it. */
    int vocabSize() {
        return vocabSize;
    }

    /** The text of token ids, special tokens included. */
    public String decode(int[] ids) {
        return inUse(engine -> engine.decode(Arrays.stream(ids).asLongStream().toArray(), false));
    }

    /** Both ways. */
    public TokenCoding coding() {
        return new TokenCoding(this::encode, this::decode);
    }

    /** SHA-256 of tokenizer.json; {@code none} when there is no such file. */
    public synchronized String fingerprint() {
        if (fingerprint == null) {
            fingerprint = files.exists() ? Json.sha256(json()) : NO_FINGERPRINT;
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
    public void close() {
        use.writeLock().lock();
        try {
            if (engine != null) {
                engine.close();
                engine = null;
            }
        } finally {
            use.writeLock().unlock();
        }
    }

    private long[] ids(String text) {
        return inUse(engine -> engine.encode(text, false, false).getIds());
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

    private synchronized boolean isByteLevel() {
        if (isByteLevel == null) {
            isByteLevel = json().equals(ByteLevelTokenizer.tokenizerJson());
        }
        return isByteLevel;
    }

    private synchronized String json() {
        if (json == null) {
            json = files.json();
        }
        return json;
    }

    /** Several threads use the engine at once, and none closes it meanwhile. */
    private <T> T inUse(Function<HuggingFaceTokenizer, T> call) {
        use.readLock().lock();
        try {
            return call.apply(engine());
        } finally {
            use.readLock().unlock();
        }
    }

    private synchronized HuggingFaceTokenizer engine() {
        if (engine == null) {
            TokenizerJson.check(json(), files.place());
            try {
                // by default the engine cuts every text to 512 tokens
                engine = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json().getBytes(StandardCharsets.UTF_8)),
                        Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
            } catch (IOException | RuntimeException e) {
                throw new BadInput(new Problem(files.place(), "must be a tokenizer.json", String.valueOf(e.getMessage()), ""), e);
            }
        }
        return engine;
    }
}
