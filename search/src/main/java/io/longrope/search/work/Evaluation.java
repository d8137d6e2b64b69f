package io.longrope.search.work;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/**
 * One candidate, one model, one sample set, one objective: the unit of work.
 *
 * @param model      the checkpoint
 * @param samples    the sample set; its length is the length evaluated
 * @param objective  what is measured
 * @param candidate  what is tried
 * @param precision  number format of weights and activations
 * @param lossBounds racing: when the mean loss of the first k samples exceeds the k-th bound the evaluation stops there;
 *                   empty = every sample is measured. Part of the identity, so that a stopped score is reproducible.
 */
public record Evaluation(ModelReference model, SampleReference samples, Objective objective, Candidate candidate,
                         Precision precision, List<Double> lossBounds) {

    public Evaluation {
        Require.present(model, "model");
        Require.present(samples, "samples");
        Require.present(objective, "objective");
        Require.present(candidate, "candidate");
        Require.present(precision, "precision");
        lossBounds = lossBounds == null ? List.of() : List.copyOf(lossBounds);
        Require.that(lossBounds.size() <= samples.count(), "lossBounds", "must have at most one bound per sample",
                lossBounds.size() + " for " + samples.count() + " samples");
    }

    public Evaluation(ModelReference model, SampleReference samples, Objective objective, Candidate candidate, Precision precision) {
        this(model, samples, objective, candidate, precision, List.of());
    }

    public EvaluationId id() {
        return EvaluationId.of(this);
    }

    /** Tokens a complete evaluation runs through the model. */
    public long tokens() {
        return (long) samples.count() * samples.length();
    }
}
