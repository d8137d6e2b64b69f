package io.longrope.evaluator.metric;

/** A model under one candidate, as the metrics see it. */
@FunctionalInterface
public interface TokenLosses {

    /**
     * @param tokens n ids, at least 2
     * @return n − 1 next-token losses in nats: entry t is that of token t + 1 given tokens 0..t
     */
    float[] of(int[] tokens);
}
