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
 */
public record Measurement(List<Double> losses, boolean complete, List<Double> sampleLosses, long tokens) {

    public Measurement {
        losses = List.copyOf(losses);
        sampleLosses = List.copyOf(sampleLosses);
        Require.that(!losses.isEmpty() && losses.stream().noneMatch(loss -> loss.isNaN()), "measurement.losses", "must be numbers or +∞",
                losses);
        Require.atLeast(0L, tokens, "measurement.tokens");
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
