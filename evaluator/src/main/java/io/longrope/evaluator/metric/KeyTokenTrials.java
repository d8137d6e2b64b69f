package io.longrope.evaluator.metric;

import io.longrope.search.work.ShortContext;

import java.util.List;

/** Of each sample the positions of its key tokens, by the losses of the model that is asked: the evaluator. */
public record KeyTokenTrials(List<KeyTokens.Text> samples, ShortContext context) implements Trials<int[]> {

    public KeyTokenTrials {
        samples = List.copyOf(samples);
    }

    @Override
    public String protocol() {
        return KeyTokens.protocol(context);
    }

    @Override
    public int trials() {
        return samples.size();
    }

    @Override
    public int[] measure(Subject evaluator, int trial) {
        return samples.get(trial).keys(evaluator, context);
    }

    /** Tokens of the longest sample, as the evaluator reads it. */
    public int longest() {
        return samples.stream().mapToInt(sample -> sample.tokens().length).max().orElseThrow();
    }
}
