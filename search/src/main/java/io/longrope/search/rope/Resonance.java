package io.longrope.search.rope;

import io.longrope.search.problem.Require;

/**
 * Resonance RoPE (arXiv 2403.00071) on top of any method: each rescaled wavelength is rounded to a whole number of
 * positions, so that angles beyond the trained length are ones already seen.
 */
public record Resonance(RopeScaling scaling) implements RopeScaling {

    public Resonance {
        Require.present(scaling, "scaling");
    }

    @Override
    public String name() {
        return scaling.name() + "+resonance";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        return rounded(geometry, scaling.factors(geometry, length));
    }

    @Override
    public double attentionFactor(RopeGeometry geometry, int length) {
        return scaling.attentionFactor(geometry, length);
    }

    @Override
    public boolean logNScaling() {
        return scaling.logNScaling();
    }

    /** λ'_i = round(λ_i w_i) / w_i for wavelength w_i; halves to even, infinite factors unchanged, in every row. */
    public static RescaleFactors rounded(RopeGeometry geometry, RescaleFactors factors) {
        var rows = new double[factors.layers()][];
        for (int layer = 0; layer < rows.length; layer++) {
            rows[layer] = factors.layer(layer);
            for (int i = 0; i < rows[layer].length; i++) {
                double wavelength = geometry.wavelength(i);
                rows[layer][i] = Math.max(1, Math.rint(rows[layer][i] * wavelength)) / wavelength;
            }
        }
        return RescaleFactors.perLayer(rows);
    }
}
