package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.stream.IntStream;

/**
 * Giraffe's power basis (arXiv 2308.10882): frequencies times (1 - i / (d/2))^k, the same at every length. Made for
 * fine-tuning with it.
 *
 * @param exponent k, greater than 0
 */
public record PowerScaling(double exponent) implements RopeScaling {

    public PowerScaling {
        Require.positive(exponent, "exponent");
    }

    /** k = 0.5, the authors' choice. */
    public PowerScaling() {
        this(0.5);
    }

    @Override
    public String name() {
        return "power";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        return RescaleFactors.of(IntStream.range(0, geometry.pairs())
                .mapToDouble(i -> StrictMath.pow(1 - (double) i / geometry.pairs(), -exponent)).toArray());
    }
}
