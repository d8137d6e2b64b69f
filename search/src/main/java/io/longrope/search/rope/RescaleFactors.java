package io.longrope.search.rope;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rescale factors λ: λ_i divides the frequency of rotary pair i, index 0 being the highest frequency. Usually one row
 * serves all layers; a table may also hold one row per layer (Microsoft's matrix CSV). A factor may be +∞, which stops
 * that pair from rotating (truncated basis, p-RoPE, the end of CoPE). Immutable; equal when all factors are equal to the bit.
 */
public final class RescaleFactors {

    /**
     * Stands for λ = +∞ where a format knows finite numbers only, as in llama.cpp's files of Gemma 4: such a pair turns 1e-24 times in
     * two million tokens, and float32 holds it, a base of 1e8 times it too.
     */
    public static final double STANDS_FOR_INFINITY = 1e30;

    private final double[][] rows;

    private RescaleFactors(double[][] rows) {
        Require.that(rows.length > 0 && rows[0].length > 0, "factors", "must have at least one factor", "none");
        for (var row : rows) {
            Require.that(row.length == rows[0].length, "factors", "must have rows of equal length", row.length + " and " + rows[0].length);
            for (double factor : row) {
                Require.that(factor > 0, "factors", "must be greater than 0", factor);
            }
        }
        this.rows = rows;
    }

    public static RescaleFactors of(double... factors) {
        return new RescaleFactors(new double[][] {factors.clone()});
    }

    /** One row from a format that knows finite numbers only: 1e30 and more is +∞ there. */
    public static RescaleFactors ofFinite(double... factors) {
        return of(Arrays.stream(factors).map(factor -> factor >= STANDS_FOR_INFINITY ? Double.POSITIVE_INFINITY : factor).toArray());
    }

    /** One row per layer, each of d/2 factors. */
    public static RescaleFactors perLayer(double[][] rows) {
        return new RescaleFactors(Arrays.stream(rows).map(double[]::clone).toArray(double[][]::new));
    }

    /** λ = 1 for every pair: the original positions. */
    public static RescaleFactors identity(int pairs) {
        var ones = new double[pairs];
        Arrays.fill(ones, 1);
        return new RescaleFactors(new double[][] {ones});
    }

    /** Factors per row, d/2. */
    public int pairs() {
        return rows[0].length;
    }

    /** 1 when all layers share one row. */
    public int layers() {
        return rows.length;
    }

    public boolean isPerLayer() {
        return rows.length > 1;
    }

    /** λ_i of the row all layers share, or of the first layer. */
    public double get(int pair) {
        return rows[0][pair];
    }

    /** A copy of the row used by a layer (any layer index when the row is shared). */
    public double[] layer(int layer) {
        return rows[rows.length == 1 ? 0 : layer].clone();
    }

    /** λ_i ≤ λ_{i+1} in every row: the paper's constraint. Tables found in the wild need not keep it. */
    public boolean isMonotone() {
        for (var row : rows) {
            for (int i = 1; i < row.length; i++) {
                if (row[i] < row[i - 1]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** A pair does not turn. */
    public boolean hasInfinite() {
        return Double.isInfinite(max());
    }

    /** One row for all layers: of each pair the mean of ln λ over the layers; +∞ where it is in any of them. */
    public RescaleFactors shared() {
        if (!isPerLayer()) {
            return this;
        }
        var shared = new double[pairs()];
        for (int i = 0; i < shared.length; i++) {
            double sum = 0;
            for (var row : rows) {
                sum += StrictMath.log(row[i]);
            }
            shared[i] = StrictMath.exp(sum / rows.length);
        }
        return of(shared);
    }

    /** With {@link #STANDS_FOR_INFINITY} in place of +∞, for a format that knows finite numbers only. */
    public RescaleFactors finite() {
        return new RescaleFactors(Arrays.stream(rows)
                .map(row -> Arrays.stream(row).map(factor -> Double.isInfinite(factor) ? STANDS_FOR_INFINITY : factor).toArray())
                .toArray(double[][]::new));
    }

    public double max() {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).max().orElseThrow();
    }

    /** Products λ_i · μ_i: how a second search's multipliers turn into factors. */
    public RescaleFactors multipliedBy(RescaleFactors multipliers) {
        Require.that(multipliers.pairs() == pairs() && !multipliers.isPerLayer(), "multipliers",
                "must be one row of " + Plural.of(pairs(), "factor"), multipliers.layers() + " × " + multipliers.pairs());
        var products = new double[rows.length][pairs()];
        for (int layer = 0; layer < rows.length; layer++) {
            for (int i = 0; i < pairs(); i++) {
                products[layer][i] = rows[layer][i] * multipliers.get(i);
            }
        }
        return new RescaleFactors(products);
    }

    /**
     * Factors between these and others, on a straight line of ln λ. A factor that is infinite on either side is infinite.
     *
     * @param share of the way, above 0 and below 1
     */
    public RescaleFactors towards(RescaleFactors others, double share) {
        Require.that(others.pairs() == pairs() && (others.layers() == layers() || !isPerLayer() || !others.isPerLayer()), "others",
                "must be as many factors", others.layers() + " × " + others.pairs());
        Require.that(share > 0 && share < 1, "share", "must be above 0 and below 1", share);
        var between = new double[Math.max(layers(), others.layers())][];
        for (int layer = 0; layer < between.length; layer++) {
            var to = others.layer(layer);
            between[layer] = layer(layer);
            for (int i = 0; i < pairs(); i++) {
                between[layer][i] = StrictMath.exp((1 - share) * StrictMath.log(between[layer][i]) + share * StrictMath.log(to[i]));
            }
        }
        return new RescaleFactors(between);
    }

    /** A flat list when shared by all layers, a list of lists otherwise; infinite factors as the string "Infinity". */
    @JsonValue
    Object toJson() {
        if (!isPerLayer()) {
            return jsonRow(rows[0]);
        }
        return Arrays.stream(rows).map(RescaleFactors::jsonRow).toList();
    }

    @JsonCreator
    static RescaleFactors fromJson(List<?> json) {
        if (!json.isEmpty() && json.get(0) instanceof List<?>) {
            var rows = new ArrayList<double[]>();
            for (Object row : json) {
                Require.that(row instanceof List<?>, "factors", "must be a list of numbers or a list of such lists", row);
                rows.add(row((List<?>) row));
            }
            return new RescaleFactors(rows.toArray(double[][]::new));
        }
        return new RescaleFactors(new double[][] {row(json)});
    }

    private static List<Object> jsonRow(double[] row) {
        return Arrays.stream(row).mapToObj(factor -> Double.isInfinite(factor) ? (Object) "Infinity" : factor).toList();
    }

    private static double[] row(List<?> json) {
        return json.stream().mapToDouble(RescaleFactors::factor).toArray();
    }

    private static double factor(Object json) {
        if (json instanceof Number number) {
            return number.doubleValue();
        }
        Require.that("Infinity".equals(json), "factors", "must be numbers or \"Infinity\"", json);
        return Double.POSITIVE_INFINITY;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RescaleFactors that && Arrays.deepEquals(rows, that.rows);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(rows);
    }

    @Override
    public String toString() {
        return isPerLayer() ? Arrays.deepToString(rows) : Arrays.toString(rows[0]);
    }
}
