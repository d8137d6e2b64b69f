package io.longrope.search.evolution;

import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.List;

/**
 * Picks from many proposed points the few worth an evaluation. A {@link LossModel} of what was scored so far is asked for
 * the lowest loss it deems possible at each; through a batch the optimism grows from none (trust the model) to much
 * (explore), and each pick is believed before the next one, so that a batch does not crowd into one place.
 */
final class Screening {

    /** More points cost time without helping: the best ones describe where the search is. */
    private static final int MODEL_POINTS = 120;
    private static final int FEWEST_POINTS = 3;
    /** Losses above this quantile count as this quantile, or one explosion would flatten all other differences. */
    private static final double CLIP_QUANTILE = 0.6;
    /** Standard deviations, for the last pick of a batch. */
    private static final double MOST_OPTIMISM = 2;
    private static final int KNOTS = 8;

    private final LogCoordinates coordinates;
    private final Archive archive;

    Screening(LogCoordinates coordinates, Archive archive) {
        this.coordinates = coordinates;
        this.archive = archive;
    }

    /** True when enough finite losses are known to guess others. */
    boolean isReady() {
        return archive.entries().stream().filter(entry -> Double.isFinite(entry.loss())).limit(FEWEST_POINTS).count() == FEWEST_POINTS;
    }

    /** Up to {@code count} untried proposals, claimed. */
    List<Point> pick(List<Point> proposals, int count) {
        var model = model();
        var untried = new ArrayList<>(proposals.stream().filter(archive::isNew).distinct().toList());
        var picked = new ArrayList<Point>(count);
        for (int slot = 0; slot < count && !untried.isEmpty(); slot++) {
            var choice = mostPromising(untried, model, MOST_OPTIMISM * slot / Math.max(1, count - 1));
            untried.remove(choice);
            archive.claim(choice);
            picked.add(choice);
            model = model.believing(features(choice));
        }
        return picked;
    }

    private LossModel model() {
        var known = archive.ranked().stream().filter(entry -> Double.isFinite(entry.loss())).limit(MODEL_POINTS).toList();
        double cap = known.get((int) (CLIP_QUANTILE * (known.size() - 1))).loss();
        return LossModel.fit(known.stream().map(entry -> features(entry.point())).toArray(double[][]::new),
                known.stream().mapToDouble(entry -> Math.min(entry.loss(), cap)).toArray());
    }

    private Point mostPromising(List<Point> untried, LossModel model, double optimism) {
        Point choice = null;
        double lowest = Double.POSITIVE_INFINITY;
        for (var point : untried) {
            var guess = model.guess(features(point));
            double possible = guess.loss() - optimism * guess.deviation();
            if (choice == null || possible < lowest) {
                lowest = possible;
                choice = point;
            }
        }
        return choice;
    }

    /** The curve of log λ at a few knots, ln(1 + n̂), and the attention factor, in units in which 1 is a large change. */
    private double[] features(Point point) {
        var logs = coordinates.of(point);
        int pairs = coordinates.pairs();
        int knots = Math.min(KNOTS, pairs);
        var features = new double[knots + 1 + logs.length - pairs];
        var weights = new double[knots];
        for (int i = 0; i < pairs; i++) {
            double where = (knots - 1.0) * i / Math.max(1, pairs - 1);
            int left = Math.min((int) where, Math.max(0, knots - 2));
            double share = where - left;
            features[left] += (1 - share) * logs[i];
            weights[left] += 1 - share;
            if (share > 0) {
                features[left + 1] += share * logs[i];
                weights[left + 1] += share;
            }
        }
        for (int k = 0; k < knots; k++) {
            features[k] /= weights[k] * 0.3 * coordinates.span();
        }
        features[knots] = Math.log(1 + point.startTokens()) / 2;
        if (logs.length > pairs) {
            features[knots + 1] = logs[pairs] / (0.5 * coordinates.attentionSpan());
        }
        return features;
    }
}
