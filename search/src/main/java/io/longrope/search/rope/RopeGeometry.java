package io.longrope.search.rope;

import io.longrope.search.problem.Require;

/**
 * What a checkpoint's rotary position embedding looks like before any extension.
 *
 * @param rotaryDim      d, the rotated part of a head; even, at least 2
 * @param theta          θ, the base of the frequencies; greater than 1
 * @param originalLength L, the context window in tokens the model was trained with
 */
public record RopeGeometry(int rotaryDim, double theta, int originalLength) {

    public RopeGeometry {
        Require.that(rotaryDim >= 2 && rotaryDim % 2 == 0, "rotaryDim", "must be even and at least 2", rotaryDim);
        Require.that(Double.isFinite(theta) && theta > 1, "theta", "must be a finite number greater than 1", theta);
        Require.atLeast(1, originalLength, "originalLength");
    }

    /** d/2, the number of rotated pairs and so of rescale factors. */
    public int pairs() {
        return rotaryDim / 2;
    }

    /** θ^(-2i/d) for pair i in [0, d/2): radians per position, highest frequency first. */
    public double inverseFrequency(int pair) {
        return StrictMath.pow(theta, -2.0 * pair / rotaryDim);
    }

    /** Positions per full turn of pair i: 2π θ^(2i/d). */
    public double wavelength(int pair) {
        return 2 * Math.PI * StrictMath.pow(theta, 2.0 * pair / rotaryDim);
    }

    /**
     * The theoretical critical dimension of LongRoPE2 (arXiv 2502.20082, §2) as a pair index: ⌈(d/2) log_θ(L / 2π)⌉, the
     * first pair that never completed a turn in training; d/2 when every pair did.
     */
    public int criticalPair() {
        double pair = pairs() * StrictMath.log(originalLength / (2 * Math.PI)) / StrictMath.log(theta);
        return (int) Math.min(pairs(), Math.max(0, Math.ceil(pair)));
    }

    /** s = target length / L; at least 1 for every extended length. */
    public double extensionRatio(int targetLength) {
        return (double) targetLength / originalLength;
    }
}
