package io.longrope.search.space;

/**
 * The nearest non-decreasing sequence, by pooling adjacent violators: a run that decreases is replaced by its weighted mean.
 * Distances are taken between logarithms, since a factor divides a frequency and so acts by its ratio.
 */
final class MonotoneFit {

    private MonotoneFit() {
    }

    /**
     * Works in place on positive finite values; a sequence that is non-decreasing already is left as it is, to the bit.
     *
     * @param weights positive, one per value: what a change of its logarithm counts, squared
     */
    static void apply(double[] values, double[] weights) {
        int n = values.length;
        var means = new double[n];
        var totals = new double[n];
        var sizes = new int[n];
        int blocks = 0;
        for (int i = 0; i < n; i++) {
            means[blocks] = StrictMath.log(values[i]);
            totals[blocks] = weights[i];
            sizes[blocks++] = 1;
            while (blocks > 1 && means[blocks - 2] > means[blocks - 1]) {
                double joined = totals[blocks - 2] + totals[blocks - 1];
                means[blocks - 2] = (means[blocks - 2] * totals[blocks - 2] + means[blocks - 1] * totals[blocks - 1]) / joined;
                totals[blocks - 2] = joined;
                sizes[blocks - 2] += sizes[blocks - 1];
                blocks--;
            }
        }
        int i = 0;
        for (int block = 0; block < blocks; block++) {
            if (sizes[block] == 1) {
                i++;
                continue;
            }
            double pooled = StrictMath.exp(means[block]);
            for (int k = 0; k < sizes[block]; k++) {
                values[i++] = pooled;
            }
        }
        for (int k = 1; k < n; k++) {
            values[k] = Math.max(values[k], values[k - 1]);
        }
    }
}
