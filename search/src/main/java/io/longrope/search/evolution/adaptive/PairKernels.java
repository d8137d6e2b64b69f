package io.longrope.search.evolution.adaptive;

/**
 * The kernel of every two points, kept so that another length scale of one feature costs little. Two points i > j have one place, that of
 * row i and column j in a lower triangle.
 */
final class PairKernels {

    private final double[][] features;
    private final AdditiveKernel kernel;
    private final int places;
    private final double[] squares;
    private final double[] sums;
    /** By feature, at the length scale it was last given and at the one before that. */
    private final Share[] shares;
    private final Share[] before;
    private final double[][] matrix;
    private boolean stale = true;

    /** Of one feature: squared distances in units of its column, and the kernels of it alone. */
    private record Share(double unit, double[] squares, double[] alone) {
    }

    /** @param features one row per point */
    PairKernels(double[][] features, AdditiveKernel kernel) {
        this.features = features;
        this.kernel = kernel;
        places = features.length * (features.length - 1) / 2;
        squares = new double[places];
        sums = new double[places];
        shares = new Share[kernel.features()];
        before = new Share[kernel.features()];
        matrix = new double[features.length][features.length];
        for (int k = 0; k < shares.length; k++) {
            shares[k] = share(k);
            add(shares[k], 1);
        }
    }

    /** Takes the share of a feature away and adds it at its present length scale. */
    void rescale(int k) {
        var last = shares[k];
        add(last, -1);
        shares[k] = before[k] != null && before[k].unit == kernel.unit(k) ? before[k] : share(k);
        before[k] = last;
        add(shares[k], 1);
        stale = true;
    }

    /** @param diagonal what every point has with itself */
    double[][] matrix(double diagonal) {
        for (int i = 0, place = 0; i < matrix.length; i++) {
            for (int j = 0; stale && j < i; j++, place++) {
                matrix[i][j] = kernel.of(Math.max(0, squares[place]), sums[place]);
            }
            matrix[i][i] = diagonal;
        }
        stale = false;
        return matrix;
    }

    private Share share(int k) {
        var column = FeatureColumn.of(features, k, kernel.unit(k));
        var share = new Share(kernel.unit(k), new double[places], new double[places]);
        for (int i = 0, place = 0; i < features.length; place += i, i++) {
            column.add(column, i, i, share.squares, share.alone, place);
        }
        return share;
    }

    private void add(Share share, int sign) {
        for (int place = 0; place < places; place++) {
            squares[place] += sign * share.squares[place];
            sums[place] += sign * share.alone[place];
        }
    }
}
