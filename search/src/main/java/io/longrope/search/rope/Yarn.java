package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * YaRN (arXiv 2309.00071): pairs that turn more than {@code betaFast} times within L keep their frequency, pairs that
 * turn less than {@code betaSlow} times are interpolated by s, between them a ramp blends the two frequencies.
 *
 * @param truncate        the ramp begins and ends at whole pairs, as the authors' code has it
 * @param mscale          weight of ln s in the attention factor; with {@code mscaleAllDim} only (DeepSeek); 0 = not used
 * @param mscaleAllDim    its counterpart in the denominator; 0 = not used
 * @param attentionFactor replaces the temperature 0.1 ln s + 1
 */
public record Yarn(Extension extension, double betaFast, double betaSlow, boolean truncate,
                   double mscale, double mscaleAllDim, OptionalDouble attentionFactor) implements RopeScaling {

    public Yarn {
        Require.present(extension, "extension");
        Require.positive(betaFast, "beta_fast");
        Require.positive(betaSlow, "beta_slow");
        Require.that(betaFast >= betaSlow, "beta_fast", "must be at least beta_slow, " + betaSlow, betaFast);
        Require.that(mscale >= 0 && Double.isFinite(mscale), "mscale", "must be a finite number of at least 0", mscale);
        Require.that(mscaleAllDim >= 0 && Double.isFinite(mscaleAllDim), "mscale_all_dim", "must be a finite number of at least 0",
                mscaleAllDim);
        Require.present(attentionFactor, "attention_factor");
        attentionFactor.ifPresent(value -> Require.positive(value, "attention_factor"));
    }

    /** The paper's ramp, 32 and 1 turns, found for LLaMA. */
    public Yarn() {
        this(Extension.toLength(), 32, 1);
    }

    public Yarn(Extension extension, double betaFast, double betaSlow) {
        this(extension, betaFast, betaSlow, true, 0, 0, OptionalDouble.empty());
    }

    @Override
    public String name() {
        return "yarn";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        double s = extension.at(geometry, length);
        return RescaleFactors.of(IntStream.range(0, geometry.pairs()).mapToDouble(i -> {
            double interpolated = interpolatedShare(geometry, i);
            return 1 / (interpolated / s + (1 - interpolated));
        }).toArray());
    }

    /** 0 where the pair keeps its frequency, 1 where it is divided by s, the ramp between. */
    public double interpolatedShare(RopeGeometry geometry, int pair) {
        double first = pairTurning(geometry, betaFast);
        double last = pairTurning(geometry, betaSlow);
        double low = Math.max(truncate ? Math.floor(first) : first, 0);
        double high = Math.min(truncate ? Math.ceil(last) : last, geometry.rotaryDim() - 1);
        double width = low == high ? 0.001 : high - low;
        return Math.min(1, Math.max(0, (pair - low) / width));
    }

    @Override
    public double attentionFactor(RopeGeometry geometry, int length) {
        double s = extension.at(geometry, length);
        if (attentionFactor.isPresent()) {
            return attentionFactor.getAsDouble();
        }
        return mscale > 0 && mscaleAllDim > 0 ? sharpening(s, mscale) / sharpening(s, mscaleAllDim) : sharpening(s, 1);
    }

    private static double sharpening(double s, double weight) {
        return s <= 1 ? 1 : 0.1 * weight * StrictMath.log(s) + 1;
    }

    /** The (fractional) pair whose wavelength fits the given number of turns into L. */
    private static double pairTurning(RopeGeometry geometry, double turns) {
        return geometry.rotaryDim() * StrictMath.log(geometry.originalLength() / (turns * 2 * Math.PI))
                / (2 * StrictMath.log(geometry.theta()));
    }
}
