package io.longrope.evaluator.metric;

import java.util.List;

/** A figure about a model at one length, taken over trials that are independent of each other. */
public interface Metric {

    /** How it is measured, to be recorded with the result: figures of different protocols are not comparable. */
    String protocol();

    int trials();

    /** @return the loss in nats, or 1 for a right answer and 0 for a wrong one; NaN or infinite when a loss is */
    double measure(Subject subject, int trial);

    /** The figure: a perplexity, or a share of right answers. */
    double figure(List<Double> measured);

    /** exp of the mean of losses; +∞ when a loss is not finite. */
    static double perplexity(List<Double> losses) {
        double mean = mean(losses);
        return Double.isNaN(mean) ? Double.POSITIVE_INFINITY : Math.exp(mean);
    }

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).sum() / values.size();
    }
}
