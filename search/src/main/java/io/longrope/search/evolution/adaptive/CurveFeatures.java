package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Sums;
import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.space.Point;

import java.util.stream.IntStream;

/**
 * What a {@link LossModel} sees of a point: its {@link LogCoordinates}, then ln(1 + n̂), in units in which 1 is a large
 * change. Where more pairs matter the unit is larger, so that two ramps are as far apart whatever the number of pairs.
 */
final class CurveFeatures {

    /** Where {@link #FEW_PAIRS} matter; grows with the root of their number. */
    private static final double STEPS_PER_UNIT = 6;
    private static final double FEW_PAIRS = 11;
    private static final double START_TOKENS_PER_UNIT = 2;

    private final LogCoordinates coordinates;
    private final double unit;

    CurveFeatures(LogCoordinates coordinates) {
        this.coordinates = coordinates;
        double matter = Sums.of(IntStream.range(0, coordinates.factors()).mapToDouble(coordinates::importance).toArray());
        unit = STEPS_PER_UNIT * Math.max(1, Math.sqrt(matter / FEW_PAIRS));
    }

    double[] of(Point point) {
        var steps = coordinates.of(point);
        var features = new double[steps.length + 1];
        for (int i = 0; i < steps.length; i++) {
            features[i] = steps[i] / unit;
        }
        features[steps.length] = StrictMath.log(1 + point.startTokens()) / START_TOKENS_PER_UNIT;
        return features;
    }
}
