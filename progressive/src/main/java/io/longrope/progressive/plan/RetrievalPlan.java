package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Retrieval;

import java.util.List;

/** How often what is hidden in long prompts is found again, by generation. */
public record RetrievalPlan(
        @Key(value = "What is hidden and asked for: a pass key, one of many lines, or with several needles keys, values, queries,"
                + " variables (after RULER).", byDefault = "[passkey]") List<Retrieval> kinds,
        @Key(value = "Tokens of prompt and answer.", form = "length", atLeast = 2, byDefault = "= report.lengths") List<Integer> lengths,
        @Key(value = "Where in the text it lies, or the first of several, 0 at its beginning to 1 at its end.",
                byDefault = "[0, 0.25, 0.5, 0.75, 1]", atLeast = 0, atMost = 1) List<Double> depths,
        @Key(value = "Prompts of each kind at each length and depth.", byDefault = "10", atLeast = 1) int trials,
        @Key(value = "Known methods that are asked too, on the base model. The job's own table is always asked, on the last checkpoint,"
                + " and so is crop.", form = "method", byDefault = "[]") List<String> methods) {

    public RetrievalPlan {
        KeyRule.require(RetrievalPlan.class, kinds, lengths, depths, trials, methods);
        kinds = kinds.stream().distinct().sorted().toList();
        lengths = lengths.stream().distinct().sorted().toList();
        depths = depths.stream().distinct().sorted().toList();
        methods = methods.stream().distinct().toList();
        Require.that(!kinds.isEmpty(), "kinds", "must not be empty", kinds);
        Require.that(!lengths.isEmpty(), "lengths", "must not be empty", lengths);
        Require.that(!depths.isEmpty(), "depths", "must not be empty", depths);
    }
}
