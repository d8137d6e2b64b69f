package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.SampleSet;

import java.util.List;
import java.util.OptionalInt;

/**
 * A window moves over each sample.
 *
 * @param startToken what the samples begin with; it is put before every window
 */
public record SlidingPerplexity(SampleSet samples, OptionalInt startToken, SlidingWindow window) implements Metric {

    @Override
    public String protocol() {
        return window.protocol() + (startToken.isPresent() ? ", start token before every window" : "")
                + ", exp of the mean over samples of their mean losses";
    }

    @Override
    public int trials() {
        return samples.count();
    }

    @Override
    public Double measure(Subject subject, int trial) {
        return window.meanLoss(subject, startToken, samples.text(trial, startToken));
    }

    @Override
    public double figure(List<Double> measured) {
        return Metric.perplexity(measured);
    }
}
