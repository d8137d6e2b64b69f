package io.longrope.search.evolution.perlayer;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;

import java.util.List;

/**
 * How far each layer follows a table: layer l of n has λ_i^c(l / (n − 1)), where c is a quadratic Bézier curve of three heights. A few
 * numbers instead of a table for each layer, as LPES has it (arXiv 2503.04355). Where all heights are 1, every layer has the table itself.
 *
 * @param heights at the first layer, half way and at the last one, each above 0; the curve is pulled by the middle one without reaching it
 */
record LayerCurve(List<Double> heights) {

    /** Three numbers, whatever the model has of layers. */
    static final int HEIGHTS = 3;
    /** Every layer has the table itself. */
    static final LayerCurve FLAT = new LayerCurve(List.of(1.0, 1.0, 1.0));

    LayerCurve {
        Require.that(heights.size() == HEIGHTS && heights.stream().allMatch(height -> height > 0 && Double.isFinite(height)), "heights",
                "must be " + HEIGHTS + " numbers above 0", heights);
        heights = List.copyOf(heights);
    }

    /** @param t 0 at the first layer, 1 at the last one */
    double at(double t) {
        return (1 - t) * (1 - t) * heights.get(0) + 2 * t * (1 - t) * heights.get(1) + t * t * heights.get(2);
    }

    /**
     * The table of each layer. λ that grow from pair to pair do so in every layer.
     *
     * @param table  one row, each λ at least 1 or +∞
     * @param layers at least 2
     * @param lower  smallest λ by pair
     * @param upper  largest finite λ by pair
     */
    RescaleFactors applied(RescaleFactors table, int layers, double[] lower, double[] upper) {
        var rows = new double[layers][table.pairs()];
        for (int layer = 0; layer < layers; layer++) {
            double power = at(layer / (layers - 1.0));
            for (int pair = 0; pair < table.pairs(); pair++) {
                double factor = table.get(pair);
                rows[layer][pair] = Double.isInfinite(factor) ? factor
                        : Math.max(lower[pair], Math.min(upper[pair], StrictMath.exp(power * StrictMath.log(factor))));
            }
        }
        return RescaleFactors.perLayer(rows);
    }
}
