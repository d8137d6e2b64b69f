package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.SampleSet;

import java.util.List;

/** Each sample in one pass, as searches score candidates. */
public record DocumentPerplexity(SampleSet samples) implements Metric {

    @Override
    public String protocol() {
        return "whole samples in one pass, exp of the mean over samples of their mean losses";
    }

    @Override
    public int trials() {
        return samples.count();
    }

    @Override
    public Double measure(Subject subject, int trial) {
        return Perplexity.meanLoss(subject, samples.sample(trial));
    }

    @Override
    public double figure(List<Double> measured) {
        return Metric.perplexity(measured);
    }
}
