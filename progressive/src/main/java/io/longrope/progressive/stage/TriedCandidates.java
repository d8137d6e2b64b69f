package io.longrope.progressive.stage;

import io.longrope.search.evolution.SearchResult;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.List;

/**
 * Every candidate one search scored, with its losses.
 *
 * @param stage  the stage's name
 * @param length the length searched for
 * @param trials in the order they were asked, whoever answered first
 */
public record TriedCandidates(String stage, int length, List<Tried> trials) {

    /**
     * One of them.
     *
     * @param trial      counts the trials of the search, from 0
     * @param generation 0 for the first population
     * @param draw       0 = scored on the samples of the search; another number = on samples drawn anew, whose losses compare with each
     *                   other only
     * @param losses     in nats, by objective; +∞ where it diverged
     * @param complete   false when racing stopped it before all samples were measured: its loss is an estimate
     */
    public record Tried(int trial, int generation, int draw, Candidate candidate, List<Double> losses, boolean complete) {

        public Tried {
            Require.present(candidate, "tried.candidate");
            losses = List.copyOf(losses);
            Require.that(!losses.isEmpty(), "tried.losses", "must not be empty", losses);
        }

        /** By the first objective. */
        public double loss() {
            return losses.get(0);
        }
    }

    public TriedCandidates {
        Require.notBlank(stage, "tried.stage");
        Require.atLeast(1, length, "tried.length");
        trials = List.copyOf(trials);
    }

    static TriedCandidates of(String stage, int length, SearchResult result) {
        return new TriedCandidates(stage, length, result.scored().stream().map(scored -> new Tried(scored.trial().number(),
                scored.trial().generation(), scored.trial().draw(), scored.candidate(), scored.measurement().losses(),
                scored.measurement().complete())).toList());
    }

    /** Those whose losses can be compared with each other: on the samples drawn last. */
    public List<Tried> comparable() {
        int latest = trials.stream().mapToInt(Tried::draw).max().orElse(0);
        return trials.stream().filter(tried -> tried.draw() == latest).toList();
    }
}
