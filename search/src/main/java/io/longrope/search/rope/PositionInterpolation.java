package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.stream.IntStream;

/** Position Interpolation (arXiv 2306.15595), "linear" in configurations: λ_i = s. */
public record PositionInterpolation(Extension extension) implements RopeScaling {

    public PositionInterpolation {
        Require.present(extension, "extension");
    }

    public PositionInterpolation() {
        this(Extension.toLength());
    }

    @Override
    public String name() {
        return "pi";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        double s = extension.at(geometry, length);
        return RescaleFactors.of(IntStream.range(0, geometry.pairs()).mapToDouble(i -> s).toArray());
    }
}
