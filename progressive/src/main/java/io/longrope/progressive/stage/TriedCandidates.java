package io.longrope.progressive.stage;

import io.longrope.search.evolution.Scored;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.job.Tried;
import io.longrope.search.problem.Require;

import java.util.List;

/**
 * Every candidate one search scored, with its losses.
 *
 * @param stage  the stage's name
 * @param length the length searched for
 * @param trials in the order they were asked, whoever answered first
 */
public record TriedCandidates(String stage, int length, List<Tried> trials) {

    public TriedCandidates {
        Require.notBlank(stage, "tried.stage");
        Require.atLeast(1, length, "tried.length");
        trials = List.copyOf(trials);
    }

    static TriedCandidates of(String stage, int length, SearchResult result) {
        return new TriedCandidates(stage, length, result.scored().stream().map(TriedCandidates::tried).toList());
    }

    static Tried tried(Scored scored) {
        return new Tried(scored.trial().number(), scored.trial().generation(), scored.trial().draw(), scored.candidate(),
                scored.measurement().losses(), scored.measurement().complete());
    }

    /** Those whose losses can be compared with each other: on the samples drawn last. */
    public List<Tried> comparable() {
        int latest = trials.stream().mapToInt(Tried::draw).max().orElse(0);
        return trials.stream().filter(tried -> tried.draw() == latest).toList();
    }
}
