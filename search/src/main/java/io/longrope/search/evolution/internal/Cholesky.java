package io.longrope.search.evolution.internal;

/** Lower triangular factor G of a symmetric positive definite matrix A = G Gᵀ, for the few dozen rows a search needs. */
public final class Cholesky {

    private static final double SMALLEST_PIVOT = 1e-12;

    private final double[][] factor;

    private Cholesky(double[][] factor) {
        this.factor = factor;
    }

    /** Pivots that rounding made too small are lifted, as if a trace of noise were added to the diagonal. */
    public static Cholesky of(double[][] matrix) {
        int n = matrix.length;
        var factor = new double[n][];
        for (int i = 0; i < n; i++) {
            factor[i] = new double[i + 1];
        }
        var column = new double[n];
        for (int k = 0; k < n; k++) {
            // until its column comes, an entry holds the sum of products to be taken from the matrix
            factor[k][k] = Math.sqrt(Math.max(matrix[k][k] - factor[k][k], SMALLEST_PIVOT));
            for (int i = k + 1; i < n; i++) {
                factor[i][k] = (matrix[i][k] - factor[i][k]) / factor[k][k];
                column[i] = factor[i][k];
            }
            for (int i = k + 1; i < n; i++) {
                addScaled(factor[i], column[i], column, k + 1, i + 1);
            }
        }
        return new Cholesky(factor);
    }

    /** G z */
    public double[] times(double[] z) {
        var product = new double[z.length];
        for (int i = 0; i < z.length; i++) {
            product[i] = dot(factor[i], z, i + 1);
        }
        return product;
    }

    /** y with G y = b */
    public double[] solveLower(double[] b) {
        var y = new double[b.length];
        for (int i = 0; i < b.length; i++) {
            y[i] = (b[i] - dot(factor[i], y, i)) / factor[i][i];
        }
        return y;
    }

    /** Y with G Y = B, by rows: a column of B is what {@link #solveLower(double[])} takes. */
    public double[][] solveLower(double[][] b) {
        var y = new double[b.length][];
        for (int i = 0; i < b.length; i++) {
            y[i] = new double[b[i].length];
            for (int k = 0; k < i; k++) {
                addScaled(y[i], factor[i][k], y[k], 0, y[i].length);
            }
            for (int column = 0; column < y[i].length; column++) {
                y[i][column] = (b[i][column] - y[i][column]) / factor[i][i];
            }
        }
        return y;
    }

    /** x with A x = b */
    public double[] solve(double[] b) {
        var x = solveLower(b);
        for (int i = x.length - 1; i >= 0; i--) {
            x[i] /= factor[i][i];
            for (int j = 0; j < i; j++) {
                x[j] -= factor[i][j] * x[i];
            }
        }
        return x;
    }

    /** ln det A */
    public double logDeterminant() {
        double sum = 0;
        for (var row : factor) {
            sum += StrictMath.log(row[row.length - 1]);
        }
        return 2 * sum;
    }

    /** Entries do not wait for each other, so that the JVM adds several at once. */
    private static void addScaled(double[] sums, double scale, double[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            sums[i] += scale * values[i];
        }
    }

    private static double dot(double[] a, double[] b, int count) {
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
