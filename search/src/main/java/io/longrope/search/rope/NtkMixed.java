package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.stream.IntStream;

/**
 * Su's mixed-radix NTK-RoPE (kexue.fm/archives/9706): λ_i = exp(a (i + 1)^b) with a = ln s / (d/2)^b, so that no pair
 * is left alone and the last is stretched by s. Its log-n query scaling is no table: see {@link #logNScaling()}.
 *
 * @param exponent b, in (0, 1]; smaller spreads the stretch more evenly
 */
public record NtkMixed(Extension extension, double exponent) implements RopeScaling {

    public NtkMixed {
        Require.present(extension, "extension");
        Require.that(exponent > 0 && exponent <= 1, "exponent", "must be greater than 0 and at most 1", exponent);
    }

    /** The author's exponent, 0.75. */
    public NtkMixed() {
        this(Extension.toLength(), 0.75);
    }

    @Override
    public String name() {
        return "ntk-mixed";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        double rate = StrictMath.log(extension.at(geometry, length)) / StrictMath.pow(geometry.pairs(), exponent);
        return RescaleFactors.of(IntStream.range(0, geometry.pairs())
                .mapToDouble(i -> StrictMath.exp(rate * StrictMath.pow(i + 1, exponent))).toArray());
    }

    @Override
    public boolean logNScaling() {
        return true;
    }
}
