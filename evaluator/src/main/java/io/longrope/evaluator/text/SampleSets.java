package io.longrope.evaluator.text;

import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Cuts sample sets from texts below a data root. The same request always gives the same samples, and a smaller count is
 * the beginning of a greater one. The texts last used stay open.
 */
public final class SampleSets {

    private static final int KEPT = 4;

    private final Root root;
    private final TokenStore store;
    private final Map<Key, TokenFile> texts = new LinkedHashMap<>(16, 0.75f, true);

    /** @param store where the texts' token files lie */
    public SampleSets(Root root, TokenStore store) {
        this.root = root;
        this.store = store;
    }

    private record Key(String tokenizer, String text) {
    }

    /**
     * Cuts {@code count} samples that do not overlap from one share of a text.
     *
     * @param startToken opens every sample; when empty a sample is text alone
     * @param text       path or pattern below the data root, see {@link Corpus}
     * @param length     tokens per sample, start token included; at least 2
     * @throws BadInput when the text is missing, broken or too short
     */
    public SampleSet cut(Tokenizer tokenizer, OptionalInt startToken, String text, SampleShare share, int count, int length, long seed) {
        Require.atLeast(1, count, "samples.count");
        Require.atLeast(2, length, "samples.length");
        var tokens = tokens(tokenizer, text);
        int prefix = startToken.isPresent() ? 1 : 0;
        var windows = ShareWindows.of(tokens, share, length - prefix).draw(count, seed, text);
        var samples = new int[count][length];
        for (int i = 0; i < count; i++) {
            samples[i][0] = startToken.orElse(0);
            System.arraycopy(tokens.range(windows[i], length - prefix), 0, samples[i], prefix, length - prefix);
        }
        return new SampleSet(seed, samples);
    }

    /** The token ids of a whole text below the data root. */
    public synchronized TokenFile tokens(Tokenizer tokenizer, String text) {
        var key = new Key(tokenizer.fingerprint(), text);
        var known = texts.get(key);
        if (known != null) {
            return known;
        }
        var tokens = store.tokens(Corpus.below(root, text), tokenizer);
        texts.put(key, tokens);
        if (texts.size() > KEPT) {
            texts.remove(texts.keySet().iterator().next());
        }
        return tokens;
    }

    /** What the shares of a text hold. */
    public ShareTexts shares(Tokenizer tokenizer, String text) {
        return ShareTexts.of(tokens(tokenizer, text));
    }
}
