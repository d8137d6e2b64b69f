package io.longrope.evaluator.metric;

import java.util.List;

/** A figure about a model at one length. A trial gives the loss in nats, NaN or infinite when it is, or the share of right answers. */
public interface Metric extends Trials<Double> {

    /** The figure: a perplexity, or a share of right answers. */
    double figure(List<Double> measured);

    /** exp of the mean of losses; +∞ when a loss is, NaN when one is no number. */
    static double perplexity(List<Double> losses) {
        return Math.exp(mean(losses));
    }

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
    }
}
