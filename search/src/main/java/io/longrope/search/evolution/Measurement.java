package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * What measuring a trial gave.
 *
 * @param losses       mean losses by objective, lower is better, at least one; +∞ where it diverged or could not be measured. Of a trial
 *                     that
 *                     racing stopped an estimate, comparable with the others: see {@link Race#comparableLoss}.
 * @param complete     false when racing stopped it before all samples were measured
 * @param sampleLosses the loss of each sample measured, in sample order; may be empty, later trials then do not race against it
 * @param tokens       tokens run through the model for it
 * @param slopes       the derivative of the first loss by ln λ of each pair; empty where it was not asked for, is not known of all samples,
 *                     or cannot be found
 */
public record Measurement(List<Double> losses, boolean complete, List<Double> sampleLosses, long tokens, List<Double> slopes) {

    public Measurement {
        losses = List.copyOf(losses);
        sampleLosses = List.copyOf(sampleLosses);
        slopes = List.copyOf(slopes);
        Require.that(!losses.isEmpty() && losses.stream().noneMatch(loss -> loss.isNaN()), "measurement.losses", "must be numbers or +∞",
                losses);
        Require.atLeast(0L, tokens, "measurement.tokens");
        Require.that(slopes.stream().allMatch(Double::isFinite), "measurement.slopes", "must be finite", slopes);
    }

    /** Without slopes. */
    public Measurement(List<Double> losses, boolean complete, List<Double> sampleLosses, long tokens) {
        this(losses, complete, sampleLosses, tokens, List.of());
    }

    /** A loss on all samples. */
    public static Measurement of(double loss, long tokens) {
        return new Measurement(List.of(loss), true, List.of(), tokens);
    }

    /** By the first objective. */
    public double loss() {
        return losses.get(0);
    }

    /** Usable for every objective. */
    public boolean isFinite() {
        return losses.stream().allMatch(Double::isFinite);
    }
}
