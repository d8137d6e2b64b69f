package io.longrope.search.work;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;

import java.util.List;

/** Evaluations for tests, told apart by a number, and the score a fake model gives them. */
public final class SampleEvaluations {

    private static final String FINGERPRINT = "ab".repeat(32);

    private SampleEvaluations() {
    }

    /** Equal numbers give equal evaluations. */
    public static Evaluation evaluation(int number) {
        var candidate = new Candidate(RescaleFactors.of(1, 1 + number * 0.01), 0, 1);
        var samples = new SampleReference("text.txt", SampleShare.SEARCH, 2, 64, 7, FINGERPRINT);
        return new Evaluation(new ModelReference("model", FINGERPRINT), samples, Objective.PERPLEXITY, candidate, Precision.F32);
    }

    public static Score score(Evaluation evaluation) {
        return score(evaluation, evaluation.candidate().factors().max());
    }

    public static Score score(Evaluation evaluation, double loss) {
        return new Score(evaluation.id(), Score.Outcome.COMPLETE, List.of(loss, loss), evaluation.tokens(), "", "test", 0.5);
    }
}
