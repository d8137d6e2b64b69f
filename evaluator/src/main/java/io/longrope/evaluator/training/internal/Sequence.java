package io.longrope.evaluator.training.internal;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One training sequence.
 *
 * @param inputs    [T] token ids
 * @param targets   [T] the token after each; {@link #IGNORED} = not counted
 * @param positions [T], or empty for 0 to T − 1
 * @param documents tokens of each document in it, T in all; empty = it is one
 * @param rescaled  false = the model's original positions
 */
public record Sequence(int[] inputs, int[] targets, double[] positions, int[] documents, boolean rescaled) {

    static final int IGNORED = -100;

    /** One text at positions 0 to T − 1. @param tokens [T + 1] */
    public static Sequence of(int[] tokens) {
        return of(tokens, new double[0]);
    }

    /** One text at positions of its own. */
    static Sequence of(int[] tokens, double[] positions) {
        return new Sequence(Arrays.copyOf(tokens, tokens.length - 1), Arrays.copyOfRange(tokens, 1, tokens.length), positions, new int[0],
                true);
    }

    /** [T + 1]; where the last target is not known, any token stands for it. */
    int[] tokens() {
        var tokens = Arrays.copyOf(inputs, inputs.length + 1);
        int last = targets[targets.length - 1];
        tokens[inputs.length] = last == IGNORED ? inputs[0] : last;
        return tokens;
    }

    int length() {
        return inputs.length;
    }

    /** At the places, and with the factors, that most sequences have. */
    boolean isPlain() {
        return positions.length == 0 && rescaled;
    }

    double[] places() {
        return positions.length == 0 ? IntStream.range(0, inputs.length).asDoubleStream().toArray() : positions;
    }

    IntStream documentLengths() {
        return documents.length == 0 ? IntStream.of(inputs.length) : Arrays.stream(documents);
    }
}
