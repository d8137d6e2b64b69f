package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.TextRange;
import io.longrope.evaluator.text.TokenCoding;
import io.longrope.search.problem.Require;
import io.longrope.search.work.ShortContext;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The tokens of a text that text far back helps to predict, found by a model that is not judged by them: LongPPL (Fang et al., arXiv
 * 2410.23771) is the perplexity of these tokens alone. A token is key when the evaluator predicts it well, and much better than with a
 * short context: its loss given all text before it is below 2 nats, and more than 2 nats below that given the short context.
 */
public final class KeyTokens {

    /** Of the paper, in nats: how much of a token's loss far text takes away at least (α). */
    private static final float GAIN = 2;
    /** And what loss is left at most (−β). */
    private static final float LOSS = 2;

    private KeyTokens() {
    }

    /**
     * Losses of tokens that are given a short context only. Nothing is put before a window that begins in the midst of the text.
     *
     * @param tokens n ids, at least 2, the start token first where there is one
     * @return n − 1 losses in nats: entry t is that of token t + 1, NaN before token K, which has no shorter context
     */
    public static float[] shortLosses(TokenLosses model, int[] tokens, ShortContext context) {
        var losses = new float[tokens.length - 1];
        Arrays.fill(losses, 0, Math.min(losses.length, context.tokens() - 1), Float.NaN);
        for (int begin = 0; begin + context.tokens() < tokens.length; begin += context.step()) {
            int first = begin + context.tokens();
            int end = Math.min(tokens.length, first + context.step());
            var found = model.of(Arrays.copyOfRange(tokens, begin, end));
            System.arraycopy(found, context.tokens() - 1, losses, first - 1, end - first);
        }
        return losses;
    }

    /** @return positions of the key tokens among those given, ascending */
    public static int[] in(TokenLosses evaluator, int[] tokens, ShortContext context) {
        var whole = evaluator.of(tokens);
        var shortened = shortLosses(evaluator, tokens, context);
        return IntStream.range(1, tokens.length).filter(i -> shortened[i - 1] - whole[i - 1] > GAIN && whole[i - 1] < LOSS).toArray();
    }

    /** Tokens run through the evaluator to find them in a text of so many. */
    public static long read(int tokens, ShortContext context) {
        long read = tokens;
        for (int begin = 0; begin + context.tokens() < tokens; begin += context.step()) {
            read += Math.min(tokens, begin + context.tokens() + context.step()) - begin;
        }
        return read;
    }

    /**
     * A tokenizer and what it opens texts with.
     *
     * @param fingerprint equal where the ids of all texts are
     */
    public record Reader(TokenCoding coding, String fingerprint, OptionalInt startToken) {

        private int lead() {
            return startToken.isPresent() ? 1 : 0;
        }
    }

    /**
     * A sample of a judged model as the evaluator reads it.
     *
     * @param tokens of the evaluator, its start token first where it has one
     * @param back   from positions among these to positions in the judged model's sample
     */
    public record Text(int[] tokens, UnaryOperator<int[]> back) {

        /** @return positions of the key tokens in the judged model's sample, ascending */
        public int[] keys(TokenLosses evaluator, ShortContext context) {
            return back.apply(KeyTokens.in(evaluator, tokens, context));
        }
    }

    /**
     * @param sample ids of the judged model, its start token first where it has one
     * @throws io.longrope.search.problem.BadInput when the evaluator's tokenizer does not give the text back it is given
     */
    public static Text text(int[] sample, Reader judged, Reader evaluator) {
        if (judged.fingerprint().equals(evaluator.fingerprint()) && judged.startToken().equals(evaluator.startToken())) {
            return new Text(sample, keys -> keys);
        }
        var text = TextRange.of(judged.coding(), Arrays.copyOfRange(sample, judged.lead(), sample.length));
        var ids = evaluator.coding().encode().apply(text.text());
        var read = TextRange.of(evaluator.coding(), ids);
        Require.that(read.text().equals(text.text()), "evaluator", "must have a tokenizer that gives a text back as it was",
                "another text", "take an evaluator with the model's own tokenizer");
        var tokens = IntStream.concat(evaluator.startToken().stream(), Arrays.stream(ids)).toArray();
        return new Text(tokens, keys -> Arrays.stream(within(ranges(keys, evaluator.lead(), read.tokens()), text.tokens()))
                .map(token -> token + judged.lead()).toArray());
    }

    private static List<TextRange> ranges(int[] keys, int lead, List<TextRange> tokens) {
        return Arrays.stream(keys).filter(key -> key >= lead).mapToObj(key -> tokens.get(key - lead)).toList();
    }

    /**
     * Tokens that lie wholly inside key text; where key stretches meet they are one.
     *
     * @param keys   of the text that is key, ascending
     * @param tokens of another tokenizer, in their order
     * @return their positions, ascending, the first token being 0
     */
    public static int[] within(List<TextRange> keys, List<TextRange> tokens) {
        var merged = merged(keys);
        var found = IntStream.builder();
        int key = 0;
        for (int i = 0; i < tokens.size() && key < merged.size(); i++) {
            while (key < merged.size() && merged.get(key).to() < tokens.get(i).to()) {
                key++;
            }
            // what is no text of its own, such as a mark at the text's beginning, cannot be predicted from text
            if (key < merged.size() && merged.get(key).holds(tokens.get(i)) && tokens.get(i).to() > tokens.get(i).from()) {
                found.add(i);
            }
        }
        return found.build().toArray();
    }

    private static List<TextRange> merged(List<TextRange> keys) {
        var merged = new ArrayList<TextRange>();
        for (var key : keys) {
            int last = merged.size() - 1;
            if (last >= 0 && key.from() <= merged.get(last).to()) {
                merged.set(last, new TextRange(merged.get(last).from(), Math.max(merged.get(last).to(), key.to())));
            } else {
                merged.add(key);
            }
        }
        return merged;
    }

    /**
     * Mean loss of the key tokens of several samples together, each token alike; LongPPL is exp of it.
     *
     * @param losses of each sample, entry t that of token t + 1
     * @param keys   of each sample the positions of its key tokens
     * @return NaN or infinite when a loss is
     * @throws io.longrope.search.problem.BadInput when there is no key token
     */
    public static double meanLoss(List<float[]> losses, List<int[]> keys) {
        Require.that(losses.size() == keys.size(), "losses", "must be of the same samples", losses.size() + " and " + keys.size());
        Require.that(count(keys) > 0, "key tokens", "must be at least 1", 0,
                "give more or longer samples, a shorter context or another evaluator");
        double sum = 0;
        for (int i = 0; i < losses.size(); i++) {
            for (int key : keys.get(i)) {
                sum += losses.get(i)[key - 1];
            }
        }
        return sum / count(keys);
    }

    /** Which tokens are key, to be recorded with a result. */
    public static String protocol(ShortContext context) {
        return "key tokens: those with a loss below 2 nats, more than 2 below that given " + context;
    }

    public static int count(List<int[]> keys) {
        return keys.stream().mapToInt(sample -> sample.length).sum();
    }
}
