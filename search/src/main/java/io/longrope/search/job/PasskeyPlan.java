package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * How often the final checkpoint finds a pass key again, by generation; the driver measures it itself.
 *
 * @param lengths tokens of prompt and answer, ascending
 * @param depths  where in the text the key lies, 0 at its beginning to 1 at its end, ascending
 * @param trials  prompts at each length and depth
 */
public record PasskeyPlan(List<Integer> lengths, List<Double> depths, int trials) {

    public PasskeyPlan {
        lengths = lengths.stream().distinct().sorted().toList();
        depths = depths.stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "report.passkey.lengths", "must not be empty", lengths);
        Require.that(!depths.isEmpty(), "report.passkey.depths", "must not be empty", depths);
        depths.forEach(depth -> Require.probability(depth, "report.passkey.depths"));
        Require.atLeast(1, trials, "report.passkey.trials");
    }
}
