package io.longrope.progressive.stage;

import io.longrope.search.evolution.Sums;
import io.longrope.search.problem.Require;

import java.util.List;

/**
 * All samples of one candidate.
 *
 * @param sampleLosses in sample order, in nats, all finite; those before the first that has none
 * @param byPosition   of each of these samples the mean loss of each bin of positions; empty lists where nobody asked for them
 * @param slopes       of each of these samples the derivative of its loss by ln λ of each pair; empty where nobody asked for them
 * @param reason       why not every sample has a loss: one is not finite, or was given up; empty otherwise
 * @param tokens       run through the model
 */
public record Evaluation(List<Double> sampleLosses, List<List<Double>> byPosition, List<List<Double>> slopes, String reason,
                         long tokens) {

    public Evaluation {
        sampleLosses = List.copyOf(sampleLosses);
        byPosition = List.copyOf(byPosition);
        slopes = List.copyOf(slopes);
        Require.that(slopes.isEmpty() || slopes.size() == sampleLosses.size(), "evaluation.slopes",
                "must be of the samples that have a loss, or of none", slopes.size() + " and " + sampleLosses.size());
        Require.that(byPosition.size() == sampleLosses.size(), "evaluation.byPosition", "must be of the samples that have a loss",
                byPosition.size() + " and " + sampleLosses.size());
        Require.that(sampleLosses.stream().allMatch(Double::isFinite), "evaluation.sampleLosses", "must be finite", sampleLosses);
        Require.that(!sampleLosses.isEmpty() || !reason.isEmpty(), "evaluation.sampleLosses", "must not be empty when complete",
                sampleLosses);
        Require.atLeast(0L, tokens, "evaluation.tokens");
    }

    /** Without slopes. */
    public Evaluation(List<Double> sampleLosses, List<List<Double>> byPosition, String reason, long tokens) {
        this(sampleLosses, byPosition, List.of(), reason, tokens);
    }

    public boolean isComplete() {
        return reason.isEmpty();
    }

    /** Mean over samples, in nats; +∞ when one has no loss. */
    public double loss() {
        return isComplete() ? Sums.mean(sampleLosses) : Double.POSITIVE_INFINITY;
    }

    /** exp(loss). */
    public double perplexity() {
        return StrictMath.exp(loss());
    }
}
