package io.longrope.evaluator.training.internal;

import io.longrope.search.problem.Require;

import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * The sequences of a training run: windows of the text at places drawn from the seed and the step alone, so that a
 * resumed run reads what an undisturbed one would have.
 */
public final class Batches {

    private final int[] tokens;
    private final OptionalInt startToken;
    private final int length;
    private final long seed;

    /**
     * @param startToken put before each window
     * @param length     T, positions per sequence
     */
    public Batches(int[] tokens, OptionalInt startToken, int length, long seed) {
        Require.that(tokens.length > length + 1, "training text", "must have more than " + (length + 1) + " tokens", tokens.length,
                "give more text or a shorter length");
        this.tokens = tokens;
        this.startToken = startToken;
        this.length = length;
        this.seed = seed;
    }

    /** @return [count][T + 1]: inputs are the first T, targets the last T */
    public int[][] sequences(int step, int count) {
        var random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step);
        var sequences = new int[count][length + 1];
        for (var sequence : sequences) {
            int lead = startToken.isPresent() ? 1 : 0;
            startToken.ifPresent(token -> sequence[0] = token);
            int text = length + 1 - lead;
            System.arraycopy(tokens, random.nextInt(tokens.length - text + 1), sequence, lead, text);
        }
        return sequences;
    }
}
