package io.longrope.search.rope;

import java.util.stream.IntStream;

/**
 * Giraffe's truncated basis (arXiv 2308.10882): frequencies of at least one turn within L stay, those down to an
 * eighth of that become one slow constant (a sixteenth of a turn within L), the rest stop rotating (λ = +∞). The same at
 * every length. Made for fine-tuning with it.
 */
public record TruncatedBasis() implements RopeScaling {

    private static final double SLOWEST_KEPT_TURNS = 1.0 / 8;
    private static final double CONSTANT_TURNS = 1.0 / 16;

    @Override
    public String name() {
        return "truncated";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        return RescaleFactors.of(IntStream.range(0, geometry.pairs())
                .mapToDouble(i -> factor(geometry.originalLength() / geometry.wavelength(i))).toArray());
    }

    private static double factor(double turns) {
        if (turns >= 1) {
            return 1;
        }
        return turns >= SLOWEST_KEPT_TURNS ? turns / CONSTANT_TURNS : Double.POSITIVE_INFINITY;
    }
}
