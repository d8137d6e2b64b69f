package io.longrope.search.rope;

/** Positions as trained: λ = 1 at every length. */
public record OriginalRope() implements RopeScaling {

    @Override
    public String name() {
        return "original";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        return RescaleFactors.identity(geometry.pairs());
    }
}
