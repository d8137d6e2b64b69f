package io.longrope.evaluator.metric;

import io.longrope.search.problem.Require;

import java.util.OptionalInt;

/**
 * Perplexity of a document longer than the window, as in the papers: a window moves over the document by the stride, and
 * each token is scored once, in the first window that holds it, so with at least window − stride tokens before it except
 * at the document's beginning. The mean is over tokens.
 *
 * @param window tokens per forward pass, start token included; at least 2
 * @param stride tokens the window moves by; less than the window
 */
public record SlidingWindow(int window, int stride) {

    public SlidingWindow {
        Require.atLeast(2, window, "window");
        Require.atLeast(1, stride, "stride");
        Require.that(stride < window, "stride", "must be less than window = " + window, stride);
    }

    /**
     * @param startToken put before every window when present
     * @param document   text token ids, at least 2
     * @return mean loss in nats; NaN or infinite when a loss is
     */
    public double meanLoss(TokenLosses model, OptionalInt startToken, int[] document) {
        Require.atLeast(2, document.length, "document tokens");
        int prefix = startToken.isPresent() ? 1 : 0;
        double sum = 0;
        long scored = 0;
        int done = 0;
        for (int begin = 0; done < document.length; begin += stride) {
            int end = Math.min(begin + window - prefix, document.length);
            var input = new int[prefix + end - begin];
            input[0] = startToken.orElse(0);
            System.arraycopy(document, begin, input, prefix, end - begin);
            // without a start token nothing comes before the document's first token
            int fresh = Math.min(end - done, input.length - 1);
            var losses = model.of(input);
            sum += Perplexity.sum(losses, losses.length - fresh);
            scored += fresh;
            done = end;
        }
        return sum / scored;
    }

    /** How a result was measured, to be recorded with it. */
    public String protocol() {
        return "sliding window " + window + ", stride " + stride + ", mean over tokens";
    }
}
