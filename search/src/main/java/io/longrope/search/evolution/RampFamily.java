package io.longrope.search.evolution;

import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpace;

import java.util.random.RandomGenerator;

/**
 * Tables that keep the first pairs, stretch the last ones by a common factor, and rise between: the shape all known
 * methods share. PI, NTK, YaRN over any ramp ends and LongRoPE2's NTK below a critical pair are members or close to one.
 *
 * @param from  pair where the rise begins; may lie before the first
 * @param to    pair where it ends; may lie beyond the last, as in NTK
 * @param top   ln λ reached there
 * @param power 1 = log λ rises linearly (NTK); above 1 the rise comes late (YaRN)
 */
record RampFamily(double from, double to, double top, double power) {

    /** A ramp drawn from the broad region where good tables have been found, of any model. */
    static RampFamily draw(SearchSpace space, RandomGenerator random) {
        int pairs = space.pairs();
        double critical = pairTurning(space.geometry(), 1);
        double to = Math.max(0.5, critical + 0.25 * pairs * random.nextGaussian());
        double from = to * (1 - 1.3 * random.nextDouble());
        double widest = Math.max(0, Math.log(space.upper(pairs - 1)));
        double top = random.nextDouble() < 0.8
                ? Math.log(space.extensionRatio()) + Math.log(1.25) * random.nextDouble(-0.5, 1)
                : widest * random.nextDouble();
        return new RampFamily(from, to, Math.max(0, Math.min(widest, top)), Math.exp(0.5 * random.nextGaussian()));
    }

    /** ln λ of every pair. */
    double[] logs(int pairs) {
        var logs = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            double share = Math.min(1, Math.max(0, (i - from) / Math.max(to - from, 1e-6)));
            logs[i] = top * Math.pow(share, power);
        }
        return logs;
    }

    /** The (fractional) pair whose wavelength fits the given number of turns into L. */
    private static double pairTurning(RopeGeometry geometry, double turns) {
        double pair = geometry.pairs() * Math.log(geometry.originalLength() / (turns * 2 * Math.PI)) / Math.log(geometry.theta());
        return Math.max(0, Math.min(geometry.pairs() - 1, pair));
    }
}
