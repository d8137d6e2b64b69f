package io.longrope.search.evolution.internal;

import io.longrope.search.space.PairGroups;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.Arrays;
import java.util.List;

/**
 * Points as vectors in which equal steps matter about equally. A factor divides a frequency, so its logarithm counts; and a
 * high frequency turns far within the distances attention looks at, so its factor must be met more closely than a low
 * one's. Measured on small byte-level models (16 and 24 pairs, windows of 256 and 128, 4 and 8 times that): a loss 0.01
 * above the optimum at some 4 % off for the highest frequency and about ω^-0.5 times that for the next ones; and pairs that
 * turn by less than a radian within L change nothing, whatever their factor. What must give way to be monotone are
 * therefore the latter. Pairs that share a factor share a coordinate, as fine as all of them need together. At 16 times the window
 * the valleys of high frequencies are some third as wide as at 4 times. The attention factor is the last coordinate where it is
 * searched. n̂ is no coordinate.
 */
public final class LogCoordinates {

    /** ln λ for one step at frequency 1, up to {@link #WIDE_VALLEYS} times the window. */
    private static final double FINEST = 0.04;
    private static final double WIDE_VALLEYS = 4;
    private static final double COARSEST = 0.2;
    /** Of pairs that hardly turn. */
    private static final double FREE = 1;
    private static final double ATTENTION_STEPS = 8;

    private final SearchSpace space;
    private final PairGroups groups;
    private final double[] widths;
    /** 1 / width², one per pair. */
    private final double[] weights;

    public LogCoordinates(SearchSpace space) {
        this.space = space;
        groups = space.groups();
        var pairWidths = new double[space.pairs()];
        double finest = FINEST * Math.sqrt(WIDE_VALLEYS / Math.max(WIDE_VALLEYS, space.extensionRatio()));
        for (int i = 0; i < space.pairs(); i++) {
            double frequency = space.geometry().inverseFrequency(i);
            double radians = frequency * space.geometry().originalLength();
            pairWidths[i] = Math.min(FREE, Math.min(COARSEST, finest / Math.sqrt(frequency)) * (1 + StrictMath.pow(radians, -4)));
        }
        weights = Arrays.stream(pairWidths).map(width -> 1 / (width * width)).toArray();
        widths = new double[groups.count() + (space.attention().isFixed() ? 0 : 1)];
        for (int group = 0; group < groups.count(); group++) {
            widths[group] = groups.size(group) == 1 ? pairWidths[groups.first(group)] : 1 / Math.sqrt(weight(group));
        }
        if (hasAttention()) {
            widths[groups.count()] = StrictMath.log(space.attention().upper() / space.attention().lower()) / ATTENTION_STEPS;
        }
    }

    /** How many coordinates are factors. */
    public int factors() {
        return groups.count();
    }

    public int dimensions() {
        return widths.length;
    }

    /** The attention factor is searched and so the last coordinate. */
    public boolean hasAttention() {
        return widths.length > groups.count();
    }

    /** What one step of a coordinate is, of its logarithm. */
    public double width(int coordinate) {
        return widths[coordinate];
    }

    /** How much a coordinate matters, at most 1: little for pairs that hardly turn. */
    public double importance(int coordinate) {
        return coordinate == groups.count() ? 1 : Math.min(1, COARSEST * COARSEST * weight(coordinate));
    }

    public double[] of(Point point) {
        var logs = new double[space.pairs()];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = StrictMath.log(Math.min(point.get(i), space.standsForInfinity()));
        }
        return of(logs, point.attentionFactor());
    }

    /**
     * @param logs ln λ of every pair; of a group its weighted mean counts
     */
    public double[] of(double[] logs, double attentionFactor) {
        var steps = new double[widths.length];
        for (int group = 0; group < groups.count(); group++) {
            steps[group] = mean(logs, group);
        }
        if (hasAttention()) {
            steps[groups.count()] = StrictMath.log(attentionFactor);
        }
        for (int i = 0; i < steps.length; i++) {
            steps[i] /= widths[i];
        }
        return steps;
    }

    /**
     * The derivatives by each coordinate. That of the attention factor is not known, and 0.
     *
     * @param slopes derivatives by ln λ of every pair; those of a group add up
     */
    public double[] slopes(List<Double> slopes) {
        var bySteps = new double[widths.length];
        for (int group = 0; group < groups.count(); group++) {
            for (int pair = groups.first(group); pair < groups.first(group + 1); pair++) {
                bySteps[group] += slopes.get(pair) * widths[group];
            }
        }
        return bySteps;
    }

    /** The valid point nearest to the coordinates. */
    public Point point(double[] steps, int startTokens) {
        var values = new double[space.pairs()];
        for (int group = 0; group < groups.count(); group++) {
            groups.set(values, group, StrictMath.exp(steps[group] * widths[group]));
        }
        double attentionFactor = hasAttention() ? StrictMath.exp(steps[groups.count()] * widths[groups.count()])
                : space.attention().lower();
        return space.nearest(values, weights, startTokens, attentionFactor);
    }

    /**
     * Covariance of curves over the pairs that are smooth over a distance (in pairs), plus a share of independent
     * variation; the attention factor varies by itself. Every variance is 1.
     */
    public double[][] smoothCovariance(double distance, double independent) {
        int n = widths.length;
        var covariance = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < factors() && i < factors(); j++) {
                double gap = (middle(i) - middle(j)) / distance;
                covariance[i][j] = (1 - independent) * StrictMath.exp(-0.5 * gap * gap);
            }
            covariance[i][i] = 1;
        }
        return covariance;
    }

    private double middle(int group) {
        return (groups.first(group) + groups.first(group + 1) - 1) / 2.0;
    }

    private double weight(int group) {
        double sum = 0;
        for (int pair = groups.first(group); pair < groups.first(group + 1); pair++) {
            sum += weights[pair];
        }
        return sum;
    }

    private double mean(double[] logs, int group) {
        int first = groups.first(group);
        if (groups.size(group) == 1) {
            return logs[first];
        }
        double sum = 0;
        for (int pair = first; pair < groups.first(group + 1); pair++) {
            sum += weights[pair] * logs[pair];
        }
        return sum / weight(group);
    }
}
