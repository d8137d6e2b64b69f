package io.longrope.evaluator.decoder;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * What a sequence loses under a candidate, and by how much more where a factor grows.
 *
 * @param loss   mean next-token loss in nats; may be not finite
 * @param slopes its derivative by ln λ of each pair, in nats
 */
public record FactorSlopes(double loss, List<Double> slopes) {

    public FactorSlopes {
        slopes = List.copyOf(Require.present(slopes, "slopes"));
    }
}
