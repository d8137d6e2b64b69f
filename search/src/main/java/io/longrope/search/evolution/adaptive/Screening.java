package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.internal.Archive;
import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Picks from many proposed points the few worth an evaluation. A {@link LossModel} of what was scored so far is asked for
 * the lowest loss it deems possible at each; through a batch the optimism grows from none (trust the model) to much
 * (explore), and each pick is believed before the next one, so that a batch does not crowd into one place.
 */
final class Screening {

    /** More points cost time without helping: the best ones describe where the search is. Nor are more believed. */
    private static final int MODEL_POINTS = 120;
    private static final int FEWEST_POINTS = 3;
    /** Losses above this quantile count as this quantile, or one explosion would flatten all other differences. */
    private static final double CLIP_QUANTILE = 0.6;

    private final CurveFeatures features;
    private final Archive archive;
    private final double mostOptimism;
    private LossModel model;
    /** How many points the archive held when the model was fitted. */
    private int fitted;

    /** @param mostOptimism standard deviations, for the last pick of a batch */
    Screening(CurveFeatures features, Archive archive, double mostOptimism) {
        this.features = features;
        this.archive = archive;
        this.mostOptimism = mostOptimism;
    }

    /** True when enough finite losses are known to guess others. */
    boolean isReady() {
        return archive.entries().stream().filter(entry -> Double.isFinite(entry.loss())).limit(FEWEST_POINTS).count() == FEWEST_POINTS;
    }

    /**
     * Up to {@code count} untried proposals, claimed.
     *
     * @param pending points being measured, the latest last: believed, so that what is picked does not crowd around them either
     */
    List<Point> pick(List<Point> proposals, List<Point> pending, int count) {
        var untried = proposals.stream().filter(archive::isNew).distinct().toList();
        var believed = pending.subList(Math.max(0, pending.size() - MODEL_POINTS), pending.size());
        var guesses = model().guesses(Stream.concat(untried.stream(), believed.stream()).map(features::of).toArray(double[][]::new));
        for (int i = 0; i < believed.size(); i++) {
            guesses.believe(untried.size() + i);
        }
        var picked = new ArrayList<Point>(count);
        for (int slot = 0; slot < Math.min(count, untried.size()); slot++) {
            int choice = mostPromising(untried, guesses, mostOptimism * slot / Math.max(1, count - 1));
            archive.claim(untried.get(choice));
            picked.add(untried.get(choice));
            if (slot < MODEL_POINTS) {
                guesses.believe(choice);
            }
        }
        return picked;
    }

    /** What the model expects of each. */
    double[] losses(List<Point> points) {
        return model().losses(points.stream().map(features::of).toArray(double[][]::new));
    }

    private LossModel model() {
        if (fitted < archive.evaluations()) {
            model = fit();
            fitted = archive.evaluations();
        }
        return model;
    }

    private LossModel fit() {
        var known = archive.ranked().stream().filter(entry -> Double.isFinite(entry.loss())).limit(MODEL_POINTS).toList();
        double cap = known.get((int) (CLIP_QUANTILE * (known.size() - 1))).loss();
        return LossModel.fit(known.stream().map(entry -> features.of(entry.point())).toArray(double[][]::new),
                known.stream().mapToDouble(entry -> Math.min(entry.loss(), cap)).toArray());
    }

    private int mostPromising(List<Point> points, LossModel.Guesses guesses, double optimism) {
        int choice = -1;
        double lowest = Double.POSITIVE_INFINITY;
        for (int i = 0; i < points.size(); i++) {
            var guess = guesses.get(i);
            double possible = guess.loss() - optimism * guess.deviation();
            if (archive.isNew(points.get(i)) && (choice < 0 || possible < lowest)) {
                lowest = possible;
                choice = i;
            }
        }
        return choice;
    }
}
