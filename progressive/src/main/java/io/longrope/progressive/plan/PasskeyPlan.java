package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;

import java.util.List;

/** How often the final checkpoint finds a pass key again, by generation. */
public record PasskeyPlan(
        @Key(value = "Tokens of prompt and answer.", form = "length", atLeast = 2, byDefault = "= report.lengths") List<Integer> lengths,
        @Key(value = "Where in the text the key lies, 0 at its beginning to 1 at its end.", byDefault = "[0, 0.25, 0.5, 0.75, 1]",
                atLeast = 0, atMost = 1)
        List<Double> depths,
        @Key(value = "Prompts at each length and depth.", byDefault = "10", atLeast = 1) int trials) {

    public PasskeyPlan {
        KeyRule.require(PasskeyPlan.class, lengths, depths, trials);
        lengths = lengths.stream().distinct().sorted().toList();
        depths = depths.stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "lengths", "must not be empty", lengths);
        Require.that(!depths.isEmpty(), "depths", "must not be empty", depths);
    }
}
