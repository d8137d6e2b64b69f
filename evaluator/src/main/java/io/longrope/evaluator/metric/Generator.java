package io.longrope.evaluator.metric;

/** Continues a prompt greedily. */
@FunctionalInterface
public interface Generator {

    /** @return at most {@code count} ids that follow the prompt */
    int[] generate(int[] prompt, int count);
}
