package io.longrope.search.evolution;

import io.longrope.search.work.Score;
import io.longrope.search.problem.Require;

import java.util.List;

/**
 * What scoring a trial gave.
 *
 * @param loss         mean loss over the samples measured, lower is better; +∞ when it diverged or could not be measured
 * @param complete     false when a loss bound ended it early: {@code loss} then covers the first samples only
 * @param sampleLosses the loss of each sample measured, in sample order; may be empty, racing is then off
 * @param tokens       tokens run through the model for it
 */
public record FitnessValue(double loss, boolean complete, List<Double> sampleLosses, long tokens) {

    public FitnessValue {
        Require.that(!Double.isNaN(loss), "fitness.loss", "must be a number or +∞", loss);
        Require.atLeast(0L, tokens, "fitness.tokens");
        sampleLosses = List.copyOf(sampleLosses);
    }

    public static FitnessValue of(double loss, long tokens) {
        return new FitnessValue(loss, true, List.of(), tokens);
    }

    public static FitnessValue of(Score score) {
        return new FitnessValue(score.loss(), score.outcome() != Score.Outcome.STOPPED, score.sampleLosses(), score.tokens());
    }
}
