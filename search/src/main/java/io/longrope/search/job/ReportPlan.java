package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Optional;

/**
 * What the closing table compares.
 *
 * @param lengths   ascending
 * @param methods   known methods as {@link io.longrope.search.rope.RopeScalings#named} reads them, besides the job's own tables
 * @param fineTuned known methods that are trained too: each fine-tune of the job is done with their factors as well, from the
 *                  base model on, with the same steps, sequences and order
 * @param passkey   what the report tells of pass keys found again; empty = nothing
 */
public record ReportPlan(List<Integer> lengths, List<String> methods, List<String> fineTuned, Optional<PasskeyPlan> passkey) {

    public ReportPlan {
        lengths = Require.present(lengths, "report.lengths").stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "report.lengths", "must not be empty", lengths);
        methods = List.copyOf(Require.present(methods, "report.methods"));
        fineTuned = Require.present(fineTuned, "report.fine-tuned").stream().distinct().toList();
        Require.present(passkey, "report.passkey");
    }

    public ReportPlan(List<Integer> lengths, List<String> methods) {
        this(lengths, methods, List.of(), Optional.empty());
    }
}
