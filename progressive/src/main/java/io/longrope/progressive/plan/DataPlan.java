package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.work.SampleShare;

import java.util.Optional;

/** The texts of a job, as paths below the workers' data root. */
public record DataPlan(
        @Key("What fine-tuning reads; left out where no stage trains.") Optional<String> training,
        @Key("What candidates are scored on; never trained on.") String evaluation,
        @Key("Samples cut from each share of the evaluation text.") Samples samples,
        @Key("Tokens cut from each share at least: short lengths get as many samples as that takes; 0 = none.") Tokens tokens) {

    /** Samples by share. */
    public record Samples(
            @Key(value = "That candidates are searched on.", byDefault = "5", atLeast = 1) int search,
            @Key(value = "That finalists are chosen on; no search sees them.", byDefault = "10", atLeast = 1) int selection,
            @Key(value = "That the report is made of; neither search nor choice sees them.", byDefault = "10", atLeast = 1) int report) {

        public Samples {
            KeyRule.require(Samples.class, search, selection, report);
        }

        int of(SampleShare share) {
            return pick(share, search, selection, report);
        }
    }

    /** Tokens by share. */
    public record Tokens(
            @Key(value = "Of the search share.", byDefault = "0", form = "length", atLeast = 0) int search,
            @Key(value = "Of the selection share.", byDefault = "0", form = "length", atLeast = 0) int selection,
            @Key(value = "Of the report share.", byDefault = "0", form = "length", atLeast = 0) int report) {

        public Tokens {
            KeyRule.require(Tokens.class, search, selection, report);
        }

        int of(SampleShare share) {
            return pick(share, search, selection, report);
        }
    }

    public DataPlan {
        KeyRule.require(DataPlan.class, training, evaluation, samples, tokens);
        Require.notBlank(evaluation, "evaluation");
    }

    /** How many samples of a share make up what the plan asks for at a length. */
    public int samples(SampleShare share, int length) {
        return samples(share, length, samples.of(share));
    }

    /** As {@link #samples(SampleShare, int)} with another least number of samples. */
    public int samples(SampleShare share, int length, int least) {
        return Math.max(least, (int) Math.ceil((double) tokens.of(share) / length));
    }

    private static int pick(SampleShare share, int search, int selection, int report) {
        return switch (share) {
            case SEARCH -> search;
            case SELECTION -> selection;
            case REPORT -> report;
        };
    }
}
