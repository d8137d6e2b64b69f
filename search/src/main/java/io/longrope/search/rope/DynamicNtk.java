package io.longrope.search.rope;

import io.longrope.search.problem.Require;

/**
 * Dynamic NTK as {@code transformers} computes it for a sequence of the given length S: NTK-aware scaling with the last
 * pair's factor f · max(S, L) / L - (f - 1), which is 1 up to L. The configured factor f stretches on top of the
 * length: with f = 1 the method is {@link NtkAware} at S / L.
 */
public record DynamicNtk(Extension extension) implements RopeScaling {

    public DynamicNtk {
        Require.present(extension, "extension");
    }

    /** f = S / L, the factor a configuration for a window of S states. */
    public DynamicNtk() {
        this(Extension.toLength());
    }

    @Override
    public String name() {
        return "dynamic-ntk";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        double f = extension.at(geometry, length);
        double ratio = Math.max(1, geometry.extensionRatio(length));
        return NtkAware.stretched(geometry, f * ratio - (f - 1));
    }
}
