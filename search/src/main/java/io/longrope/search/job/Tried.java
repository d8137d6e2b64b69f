package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/**
 * A candidate that a search scored, with its losses.
 *
 * @param trial      counts the trials of the search, from 0
 * @param generation 0 for the first population
 * @param draw       0 = scored on the samples of the search; another number = on samples drawn anew, whose losses compare with each other
 *                   only
 * @param losses     in nats, by objective; +∞ where it diverged
 * @param complete   false when racing stopped it before all samples were measured: its loss is an estimate
 */
public record Tried(int trial, int generation, int draw, Candidate candidate, List<Double> losses, boolean complete) {

    public Tried {
        Require.atLeast(0, trial, "tried.trial");
        Require.atLeast(0, generation, "tried.generation");
        Require.atLeast(0, draw, "tried.draw");
        Require.present(candidate, "tried.candidate");
        Require.present(losses, "tried.losses");
        losses = List.copyOf(losses);
        Require.that(!losses.isEmpty(), "tried.losses", "must not be empty", losses);
    }

    /** By the first objective. */
    public double loss() {
        return losses.get(0);
    }

    /** Numbers it takes to write it down. */
    public int size() {
        return candidate.factors().layers() * candidate.factors().pairs() + losses.size();
    }
}
