package io.longrope.search.evolution;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

/**
 * A candidate that an optimizer wants measured.
 *
 * @param number     counts the trials of a search, from 0: the order in which they were asked, whoever answers first
 * @param generation 0 for the first population; trials of one generation do not depend on each other's losses
 * @param draw       the samples to measure it on: 0 = those of the search, which all trials share; another number = samples drawn
 *                   anew, the same ones for the same number. Losses of two draws cannot be compared, and the latest draw counts.
 * @param candidate  what is tried
 * @param race       what it must keep up with; {@link Race#OFF} = all samples are measured
 * @param gradient   whether the slopes of its loss are wanted too, which cost three passes of each sample instead of one
 */
public record Trial(int number, int generation, int draw, Candidate candidate, Race race, boolean gradient) {

    public Trial {
        Require.atLeast(0, number, "trial.number");
        Require.atLeast(0, generation, "trial.generation");
        Require.atLeast(0, draw, "trial.draw");
        Require.present(candidate, "trial.candidate");
        Require.present(race, "trial.race");
    }

    /** Without slopes. */
    public Trial(int number, int generation, int draw, Candidate candidate, Race race) {
        this(number, generation, draw, candidate, race, false);
    }

    /** Measured on all samples of the search. */
    public Trial(int number, int generation, Candidate candidate) {
        this(number, generation, 0, candidate, Race.OFF);
    }
}
