package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * Searches the extended model again at short lengths, so that a table switched by length gives back what the extension
 * cost there (LongRoPE §3.3).
 *
 * @param name      names the stage
 * @param lengths   the short lengths, ascending
 * @param maxFactor the reduced largest λ; 0 = a quarter of the largest extension ratio fine-tuned for, but at least 1.25
 *                  of the length's own
 * @param search    how
 */
public record RecoveryStagePlan(String name, List<Integer> lengths, double maxFactor, SearchPlan search) implements StagePlan {

    public RecoveryStagePlan {
        Require.notBlank(name, "recovery.name");
        lengths = Require.present(lengths, "recovery.lengths").stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "recovery.lengths", "must not be empty", lengths);
        lengths.forEach(length -> Require.atLeast(2, length, "recovery.lengths"));
        Require.that(maxFactor == 0 || maxFactor > 1 && Double.isFinite(maxFactor), "recovery.max-factor", "must be above 1", maxFactor);
        Require.present(search, "recovery");
    }

    @Override
    public String kind() {
        return "recovery";
    }
}
