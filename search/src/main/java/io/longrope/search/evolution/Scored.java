package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;

/** A trial and what measuring it gave. */
public record Scored(Trial trial, Measurement measurement) {

    public Candidate candidate() {
        return trial.candidate();
    }

    /** By the first objective. */
    public double loss() {
        return measurement.loss();
    }

    public boolean isStopped() {
        return !measurement.complete();
    }
}
