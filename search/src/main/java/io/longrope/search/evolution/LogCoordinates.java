package io.longrope.search.evolution;

import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

/**
 * Points as vectors of logarithms: a factor divides a frequency, so equal ratios are equal steps. The attention factor is
 * the last coordinate where it is searched. n̂ is no coordinate.
 */
final class LogCoordinates {

    private final SearchSpace space;
    private final boolean attention;

    LogCoordinates(SearchSpace space) {
        this.space = space;
        attention = !space.attention().isFixed();
    }

    int pairs() {
        return space.pairs();
    }

    int dimensions() {
        return space.pairs() + (attention ? 1 : 0);
    }

    double[] of(Point point) {
        var logs = new double[dimensions()];
        for (int i = 0; i < space.pairs(); i++) {
            logs[i] = Math.log(point.get(i));
        }
        if (attention) {
            logs[space.pairs()] = Math.log(point.attentionFactor());
        }
        return logs;
    }

    /** The valid point nearest to the coordinates. */
    Point point(double[] logs, int startTokens) {
        var values = new double[space.pairs()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(logs[i]);
        }
        return space.nearest(values, startTokens, attention ? Math.exp(logs[space.pairs()]) : space.attention().lower());
    }

    /** ln(upper / lower) of the widest pair: the length of the space in log λ; above 0. */
    double span() {
        double widest = 1e-3;
        for (int i = 0; i < space.pairs(); i++) {
            widest = Math.max(widest, Math.log(space.upper(i) / space.lower(i)));
        }
        return widest;
    }

    /** ln(upper / lower) of the attention factor; 0 where it is not searched. */
    double attentionSpan() {
        return Math.log(space.attention().upper() / space.attention().lower());
    }

    /**
     * Covariance of curves over the pairs that are smooth over a distance (in pairs), plus a share of independent
     * variation; the attention factor varies by itself, as much as its range is to that of the factors.
     */
    double[][] smoothCovariance(double distance, double independent) {
        int n = dimensions();
        var covariance = new double[n][n];
        for (int i = 0; i < pairs(); i++) {
            for (int j = 0; j < pairs(); j++) {
                double gap = (i - j) / distance;
                covariance[i][j] = (1 - independent) * Math.exp(-0.5 * gap * gap) + (i == j ? independent : 0);
            }
        }
        if (attention) {
            covariance[n - 1][n - 1] = Math.pow(attentionSpan() / span(), 2);
        }
        return covariance;
    }
}
