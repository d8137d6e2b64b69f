package io.longrope.evaluator.metric;

import io.longrope.evaluator.text.SampleSet;

/** The losses of each sample, token by token, in one pass: n − 1 in nats, entry t that of the token at position t + 1. */
public record LossTrials(SampleSet samples) implements Trials<float[]> {

    @Override
    public String protocol() {
        return "whole samples in one pass";
    }

    @Override
    public int trials() {
        return samples.count();
    }

    @Override
    public float[] measure(Subject subject, int trial) {
        return subject.of(samples.sample(trial));
    }
}
