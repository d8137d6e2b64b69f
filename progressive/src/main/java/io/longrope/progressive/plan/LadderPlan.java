package io.longrope.progressive.plan;

import io.longrope.search.evolution.Ladder;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;

import java.util.Collections;
import java.util.List;

/** How candidates of a search are screened at lengths shorter than the one searched for, from the shortest up. */
public record LadderPlan(
        @Key(value = "Lengths above the model's original one, at each of which a candidate must rank among the better to be measured"
                + " further; those that are not below the length searched for do not count.",
                form = "length", atLeast = 2) List<Integer> lengths,
        @Key(value = "Samples of the search share at each of these lengths.", byDefault = "2", atLeast = 1) int samples,
        @Key(value = "Of the candidates known in full the share that a candidate must rank in at a length to go on.", byDefault = "0.5",
                above = 0, atMost = 1) double keep) {

    public LadderPlan {
        KeyRule.require(LadderPlan.class, lengths, samples, keep);
        lengths = lengths.stream().distinct().sorted().toList();
    }

    /** The lengths that count for a search. */
    public List<Integer> below(int length) {
        return lengths.stream().filter(shorter -> shorter < length).toList();
    }

    /** The steps of a search for a length. */
    Ladder steps(int length) {
        return new Ladder(Collections.nCopies(below(length).size(), samples), keep);
    }
}
