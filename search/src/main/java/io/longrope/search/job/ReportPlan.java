package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * What the closing table compares.
 *
 * @param lengths ascending
 * @param methods known methods as {@link io.longrope.search.rope.RopeScalings#named} reads them, besides the job's own tables
 */
public record ReportPlan(List<Integer> lengths, List<String> methods) {

    public ReportPlan {
        lengths = Require.present(lengths, "report.lengths").stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "report.lengths", "must not be empty", lengths);
        methods = List.copyOf(Require.present(methods, "report.methods"));
    }
}
