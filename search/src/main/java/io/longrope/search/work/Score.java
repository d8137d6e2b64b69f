package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.problem.Require;

import java.util.List;

/**
 * The result of an evaluation.
 *
 * @param id           the evaluation it answers
 * @param outcome      how it ended
 * @param sampleLosses mean next-token loss of each sample measured, in nats, in sample order; all finite
 * @param tokens       tokens run through the model
 * @param reason       why the outcome is not {@link Outcome#COMPLETE}; empty otherwise
 * @param worker       who measured it; no part of the result
 * @param seconds      how long it took there; no part of the result
 */
public record Score(EvaluationId id, Outcome outcome, List<Double> sampleLosses, long tokens, String reason,
                    String worker, double seconds) {

    public enum Outcome {
        /** All samples were measured. */
        @JsonProperty("complete")
        COMPLETE,
        /** A loss bound was exceeded: the samples measured decide it. */
        @JsonProperty("stopped")
        STOPPED,
        /** A loss was not finite; scores worst. */
        @JsonProperty("diverged")
        DIVERGED,
        /** It failed on every worker that tried; scores worst. */
        @JsonProperty("given-up")
        GIVEN_UP
    }

    public Score {
        Require.present(id, "score.id");
        Require.present(outcome, "score.outcome");
        sampleLosses = List.copyOf(Require.present(sampleLosses, "score.sampleLosses"));
        Require.that(sampleLosses.stream().allMatch(Double::isFinite), "score.sampleLosses", "must be finite", sampleLosses);
        Require.that(outcome != Outcome.COMPLETE || !sampleLosses.isEmpty(), "score.sampleLosses",
                "must not be empty when complete", sampleLosses);
        Require.atLeast(0L, tokens, "score.tokens");
        reason = reason == null ? "" : reason;
        worker = worker == null ? "" : worker;
    }

    /** The score of an evaluation no worker could measure. */
    public static Score givenUp(EvaluationId id, String reason, String worker) {
        return new Score(id, Outcome.GIVEN_UP, List.of(), 0, reason, worker, 0);
    }

    /** Mean over samples of their mean losses, in nats; +∞ when diverged or given up. For a stopped score a lower bound's estimate only. */
    public double loss() {
        if (outcome == Outcome.DIVERGED || outcome == Outcome.GIVEN_UP) {
            return Double.POSITIVE_INFINITY;
        }
        return sampleLosses.stream().mapToDouble(Double::doubleValue).sum() / sampleLosses.size();
    }

    /** exp(loss). */
    public double perplexity() {
        return Math.exp(loss());
    }
}
