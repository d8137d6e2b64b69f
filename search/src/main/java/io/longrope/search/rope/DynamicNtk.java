package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.OptionalInt;

/**
 * Dynamic NTK as {@code transformers} computes it for a sequence of the given length S: NTK-aware scaling with the last
 * pair's factor f · max(S, L) / L - (f - 1), which is 1 up to L. The configured factor f stretches on top of the
 * length: with f = 1 the method is {@link NtkAware} at S / L.
 *
 * @param window where scaling begins in place of L: max_position_embeddings of a checkpoint, whatever it was trained with
 */
public record DynamicNtk(Extension extension, OptionalInt window) implements RopeScaling {

    public DynamicNtk {
        Require.present(extension, "extension");
        Require.present(window, "window");
    }

    /** f = S / L, the factor a configuration for a window of S states. */
    public DynamicNtk() {
        this(Extension.toLength());
    }

    public DynamicNtk(Extension extension) {
        this(extension, OptionalInt.empty());
    }

    @Override
    public String name() {
        return "dynamic-ntk";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        double f = extension.at(geometry, length);
        double ratio = Math.max(1, (double) length / window.orElse(geometry.originalLength()));
        return NtkAware.stretched(geometry, f * ratio - (f - 1));
    }
}
