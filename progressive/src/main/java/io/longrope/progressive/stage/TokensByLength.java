package io.longrope.progressive.stage;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.IntToDoubleFunction;

/**
 * Counts the tokens that a search runs through the model, by the length of their samples: those of long ones cost more each. Safe for many
 * threads.
 */
public final class TokensByLength {

    private final Map<Integer, Long> tokens = new ConcurrentSkipListMap<>();

    void add(int length, long more) {
        tokens.merge(length, more, Long::sum);
    }

    /**
     * Floating-point operations of all of them.
     *
     * @param pass operations of one pass over a sample of a length
     */
    public double operations(IntToDoubleFunction pass) {
        double operations = 0;
        for (var entry : tokens.entrySet()) {
            operations += (double) entry.getValue() / entry.getKey() * pass.applyAsDouble(entry.getKey());
        }
        return operations;
    }
}
