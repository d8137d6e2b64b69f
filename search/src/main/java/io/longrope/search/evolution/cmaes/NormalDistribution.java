package io.longrope.search.evolution.cmaes;

/**
 * The standard normal distribution, the same to the bit on every machine. Its function by the series of Marsaglia, Evaluating the Normal
 * Distribution, Journal of Statistical Software 11(4), 2004: within 1e-15 of the truth.
 */
final class NormalDistribution {

    private static final double FARTHEST = 8;
    private static final int HALVINGS = 60;

    private NormalDistribution() {
    }

    /** The probability of at most x. */
    static double probability(double x) {
        if (Math.abs(x) > FARTHEST) {
            return x < 0 ? 0 : 1;
        }
        double sum = x;
        double term = x;
        double before = 0;
        for (int i = 3; sum != before; i += 2) {
            term *= x * x / i;
            before = sum;
            sum += term;
        }
        return 0.5 + sum * StrictMath.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    }

    /** The x that is exceeded with a probability; with p for both sides, the root of what the χ² distribution has at 1 − 2p. */
    static double exceededBy(double p) {
        double low = -FARTHEST;
        double high = FARTHEST;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (probability(-middle) > p) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
