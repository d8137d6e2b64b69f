package io.longrope.search.rope;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

/**
 * Searched factors fitted to the length at hand, as Microsoft's dynamic variant does it: with μ_i the factors searched
 * for s · L tokens, λ_i(S) = 1 + (μ_i - 1) (S/L - 1) / (s - 1) for a sequence of S tokens; 1 up to L.
 *
 * @param searched     μ, one row or one per layer
 * @param targetLength s · L, the length they were searched for; longer sequences are refused
 * @param temperature  gives the attention factor at S
 */
public record DynamicLongRope(RescaleFactors searched, int targetLength, AttentionTemperature temperature) implements RopeScaling {

    public DynamicLongRope {
        Require.present(searched, "factors");
        Require.atLeast(2, targetLength, "targetLength");
        Require.present(temperature, "attentionTemperature");
    }

    @Override
    public String name() {
        return "dynamic-longrope";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        Require.that(searched.pairs() == geometry.pairs(), "factors", "must be " + geometry.pairs() + " for this model", searched.pairs());
        Require.that(length <= targetLength, "length", "must be at most the " + Plural.of(targetLength, "token")
                + " the factors were searched for",
                length);
        if (length <= geometry.originalLength()) {
            return RescaleFactors.identity(geometry.pairs());
        }
        if (length == targetLength) {
            return searched;
        }
        double part = (geometry.extensionRatio(length) - 1) / (geometry.extensionRatio(targetLength) - 1);
        var rows = new double[searched.layers()][];
        for (int layer = 0; layer < rows.length; layer++) {
            rows[layer] = searched.layer(layer);
            for (int i = 0; i < rows[layer].length; i++) {
                rows[layer][i] = 1 + (rows[layer][i] - 1) * part;
            }
        }
        return RescaleFactors.perLayer(rows);
    }

    @Override
    public double attentionFactor(RopeGeometry geometry, int length) {
        return temperature.factor(geometry, length);
    }
}
