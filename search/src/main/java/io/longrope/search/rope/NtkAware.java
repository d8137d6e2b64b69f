package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.stream.IntStream;

/** NTK-aware scaling: base θ s^(d/(d-2)), so λ_i = s^(2i/(d-2)), from 1 for the first pair to s for the last. */
public record NtkAware(Extension extension) implements RopeScaling {

    public NtkAware {
        Require.present(extension, "extension");
    }

    public NtkAware() {
        this(Extension.toLength());
    }

    @Override
    public String name() {
        return "ntk";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        return stretched(geometry, extension.at(geometry, length));
    }

    /** @param last the factor of the last pair */
    static RescaleFactors stretched(RopeGeometry geometry, double last) {
        int d = geometry.rotaryDim();
        Require.that(d > 2, "rotaryDim", "must be at least 4 for a method that changes the base", d);
        return RescaleFactors.of(IntStream.range(0, geometry.pairs()).mapToDouble(i -> StrictMath.pow(last, 2.0 * i / (d - 2))).toArray());
    }
}
