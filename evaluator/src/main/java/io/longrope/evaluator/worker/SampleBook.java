package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** Single samples of texts below a data root. May be shared by the workers of a process. */
public final class SampleBook {

    private static final int KEPT = 8;

    private final Root data;
    private final TokenStore store;
    private final Map<Key, SampleSet> sets = new LinkedHashMap<>(16, 0.75f, true);
    private SampleSets source;

    /** @param store where token files of the texts lie */
    public SampleBook(Root data, TokenStore store) {
        this.data = data;
        this.store = store;
        this.source = new SampleSets(data, store);
    }

    private record Key(String tokenizer, OptionalInt startToken, String text, SampleShare share, int length, long seed) {
    }

    /**
     * A set that begins with all samples up to the one asked for.
     *
     * @param startToken opens every sample; when empty a sample is text alone
     * @throws BadInput when it would be another sample: the text, the tokenizer or the start token is not the one it was named with
     */
    synchronized SampleSet open(Checkpoint checkpoint, OptionalInt startToken, Sample sample) {
        var set = first(checkpoint, startToken, sample.text(), sample.share(), sample.index() + 1, sample.length(), sample.seed());
        if (!set.fingerprint(sample.index()).equals(sample.fingerprint())) {
            // the text may have been replaced since it was read
            forget();
            set = first(checkpoint, startToken, sample.text(), sample.share(), sample.index() + 1, sample.length(), sample.seed());
        }
        var found = set.fingerprint(sample.index());
        if (!found.equals(sample.fingerprint())) {
            throw new BadInput(data.resolve(sample.text()).toString(),
                    "must give sample " + sample.index() + " with fingerprint " + sample.fingerprint(), found,
                    "text and tokenizer must be the same wherever the job runs");
        }
        return set;
    }

    /** At least so many samples. A smaller count is the beginning of a greater one. */
    synchronized SampleSet first(Checkpoint checkpoint, OptionalInt startToken, String text, SampleShare share, int count, int length,
                                 long seed) {
        var tokenizer = checkpoint.tokenizer();
        var key = new Key(tokenizer.fingerprint(), startToken, text, share, length, seed);
        var known = sets.get(key);
        if (known == null || known.count() < count) {
            known = source.cut(tokenizer, startToken, text, share, count, length, seed);
            sets.put(key, known);
            if (sets.size() > KEPT) {
                sets.remove(sets.keySet().iterator().next());
            }
        }
        return known;
    }

    /** What was read of texts is read again when it is needed. */
    synchronized void forget() {
        sets.clear();
        source = new SampleSets(data, store);
    }

    synchronized TokenFile tokens(Tokenizer tokenizer, String text) {
        return source.tokens(tokenizer, text);
    }

    /** Of a text's content. */
    String textFingerprint(Tokenizer tokenizer, String text) {
        return tokens(tokenizer, text).fingerprint();
    }

    /** A text to train on. */
    Corpus corpus(String text) {
        return Corpus.below(data, text);
    }

    TokenStore store() {
        return store;
    }
}
