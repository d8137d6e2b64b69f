package io.longrope.evaluator.metric;

/** Means of next-token losses, in float64. Perplexity is exp of such a mean. */
public final class Perplexity {

    private Perplexity() {
    }

    /** Mean of all losses of a token sequence run through the model in one pass; NaN or infinite when a loss is. */
    public static double meanLoss(TokenLosses model, int[] tokens) {
        return meanLoss(model.of(tokens));
    }

    /** Mean of losses, one or more; NaN or infinite when one is. */
    public static double meanLoss(float[] losses) {
        return mean(losses, 0);
    }

    /** Mean loss of the tokens from position {@code first} on, at least 1. */
    public static double meanLossFrom(TokenLosses model, int[] tokens, int first) {
        return mean(model.of(tokens), first - 1);
    }

    private static double mean(float[] losses, int from) {
        return sum(losses, from) / (losses.length - from);
    }

    static double sum(float[] losses, int from) {
        double sum = 0;
        for (int i = from; i < losses.length; i++) {
            sum += losses[i];
        }
        return sum;
    }
}
