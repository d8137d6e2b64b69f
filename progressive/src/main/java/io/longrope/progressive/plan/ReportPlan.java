package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Optional;

/** What the closing table compares. */
public record ReportPlan(
        @Key(value = "Lengths of the closing table.", form = "length", atLeast = 2,
                byDefault = "= all lengths searched") List<Integer> lengths,
        @Key(value = "Known methods beside the job's own tables.", form = "method", byDefault = "[original, pi, ntk, dynamic-ntk, yarn]")
        List<String> methods,
        @Key(value = "Known methods that are trained too: each fine-tune of the job is done with their factors as well,"
                + " from the base model on.",
                form = "method", byDefault = "[]") List<String> fineTuned,
        @Key("What is hidden in long prompts found again, by generation; left out: none.") Optional<RetrievalPlan> retrieval) {

    public ReportPlan {
        KeyRule.require(ReportPlan.class, lengths, methods, fineTuned, retrieval);
        lengths = lengths.stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "lengths", "must not be empty", lengths);
        methods = List.copyOf(methods);
        fineTuned = fineTuned.stream().distinct().toList();
    }
}
