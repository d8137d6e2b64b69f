package io.longrope.search.evolution.internal;

import java.util.random.RandomGenerator;

/**
 * Standard normal numbers that are the same on every machine: {@link RandomGenerator#nextGaussian} computes with {@link Math}, whose last
 * bits may differ between processors and releases of Java. Marsaglia's polar method (SIAM Review 6(3), 1964); its second number is
 * dropped, so that nothing is kept from one call to the next.
 */
public final class Gaussian {

    private Gaussian() {
    }

    public static double next(RandomGenerator random) {
        while (true) {
            double u = 2 * random.nextDouble() - 1;
            double v = 2 * random.nextDouble() - 1;
            double square = u * u + v * v;
            if (square > 0 && square < 1) {
                return u * Math.sqrt(-2 * StrictMath.log(square) / square);
            }
        }
    }
}
