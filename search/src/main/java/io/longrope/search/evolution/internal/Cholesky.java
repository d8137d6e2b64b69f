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
        for (int j = 0; j < n; j++) {
            var column = factor[j];
            column[j] = Math.sqrt(Math.max(matrix[j][j] - dot(column, column, j), SMALLEST_PIVOT));
            int i = j + 1;
            // four rows at a time: the additions of one sum must wait for each other, those of four need not
            for (; i + 3 < n; i += 4) {
                var a = factor[i];
                var b = factor[i + 1];
                var c = factor[i + 2];
                var d = factor[i + 3];
                double sumA = 0;
                double sumB = 0;
                double sumC = 0;
                double sumD = 0;
                for (int k = 0; k < j; k++) {
                    double value = column[k];
                    sumA += a[k] * value;
                    sumB += b[k] * value;
                    sumC += c[k] * value;
                    sumD += d[k] * value;
                }
                a[j] = (matrix[i][j] - sumA) / column[j];
                b[j] = (matrix[i + 1][j] - sumB) / column[j];
                c[j] = (matrix[i + 2][j] - sumC) / column[j];
                d[j] = (matrix[i + 3][j] - sumD) / column[j];
            }
            for (; i < n; i++) {
                factor[i][j] = (matrix[i][j] - dot(factor[i], column, j)) / column[j];
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

    private static double dot(double[] a, double[] b, int count) {
        double sum = 0;
        for (int k = 0; k < count; k++) {
            sum += a[k] * b[k];
        }
        return sum;
    }
}
