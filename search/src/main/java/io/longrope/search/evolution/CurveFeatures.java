package io.longrope.search.evolution;

import io.longrope.search.space.Point;

import java.util.Arrays;

/**
 * What a {@link LossModel} sees of a point: its curve of log λ at a few knots, closer together where factors must be met
 * more closely, then ln(1 + n̂), then the attention factor; in units in which 1 is a large change.
 */
final class CurveFeatures {

    private static final int MOST_KNOTS = 16;
    private static final double STEPS_PER_UNIT = 6;
    private static final double START_TOKENS_PER_UNIT = 2;

    private final LogCoordinates coordinates;
    private final int knots;
    /** Share of every pair in every knot: (knots, pairs), rows of sum 1. */
    private final double[][] shares;

    CurveFeatures(LogCoordinates coordinates) {
        this.coordinates = coordinates;
        knots = Math.min(MOST_KNOTS, coordinates.pairs());
        shares = new double[knots][coordinates.pairs()];
        var places = places();
        for (int i = 0; i < places.length; i++) {
            int left = Math.min((int) places[i], Math.max(0, knots - 2));
            shares[left][i] = 1 - (places[i] - left);
            if (left + 1 < knots) {
                shares[left + 1][i] = places[i] - left;
            }
        }
        for (var row : shares) {
            normalize(row);
        }
    }

    double[] of(Point point) {
        var steps = coordinates.of(point);
        var features = new double[knots + 1 + (coordinates.hasAttention() ? 1 : 0)];
        for (int k = 0; k < knots; k++) {
            for (int i = 0; i < coordinates.pairs(); i++) {
                features[k] += shares[k][i] * steps[i];
            }
            features[k] /= STEPS_PER_UNIT;
        }
        features[knots] = Math.log(1 + point.startTokens()) / START_TOKENS_PER_UNIT;
        if (coordinates.hasAttention()) {
            features[knots + 1] = steps[coordinates.pairs()] / STEPS_PER_UNIT;
        }
        return features;
    }

    /** Where each pair lies among the knots 0 … knots − 1, by the steps between its neighbours. */
    private double[] places() {
        int pairs = coordinates.pairs();
        var places = new double[pairs];
        for (int i = 1; i < pairs; i++) {
            places[i] = knots == pairs ? i : places[i - 1] + 0.5 / coordinates.width(i - 1) + 0.5 / coordinates.width(i);
        }
        double last = places[pairs - 1];
        return knots == pairs ? places : Arrays.stream(places).map(place -> place * (knots - 1) / last).toArray();
    }

    /** A knot no pair lies near stays empty. */
    private static void normalize(double[] row) {
        double sum = 0;
        for (double share : row) {
            sum += share;
        }
        for (int i = 0; sum > 0 && i < row.length; i++) {
            row[i] /= sum;
        }
    }
}
