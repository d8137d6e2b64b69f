package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.metric.KeyTokens;
import io.longrope.evaluator.metric.TokenLosses;
import io.longrope.search.work.ShortContext;

import java.util.Arrays;

/**
 * Weights of LongCE (arXiv 2410.23771): the more the text before a short context helps the model in training to predict a token, the more
 * the token's loss counts. Of a token at K or later the weight is min(exp(LSD), 5), LSD its loss given the short context minus its loss
 * given all of the sequence before it; before K it is 1. The weights are not differentiated, and the loss is divided by the number of
 * tokens, not by the sum of their weights.
 */
final class LongCe {

    private static final double MOST = 5;

    private LongCe() {
    }

    /**
     * @param whole losses of the sequence as it is trained on, [T]
     * @param model gives losses of plain text at positions from 0 on
     * @return [T]; short documents, which have no far text, weigh 1
     */
    static float[] weights(Sequence sequence, float[] whole, ShortContext context, TokenLosses model) {
        var weights = new float[whole.length];
        Arrays.fill(weights, 1);
        if (!sequence.rescaled()) {
            return weights;
        }
        var shortened = KeyTokens.shortLosses(model, sequence.tokens(), context);
        // before K there is no shorter context
        for (int t = context.tokens() - 1; t < weights.length; t++) {
            weights[t] = (float) Math.min(StrictMath.exp((double) shortened[t] - whole[t]), MOST);
        }
        return weights;
    }
}
