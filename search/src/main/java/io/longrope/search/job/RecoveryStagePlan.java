package io.longrope.search.job;

import io.longrope.search.work.Objective;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.List;

/**
 * Searches the extended model again at short lengths, so that a table switched by length gives back what the extension
 * cost there (LongRoPE §3.3).
 *
 * @param name    names the stage
 * @param lengths the short lengths, ascending
 * @param search  how; where it does not set the largest λ that is reduced to a quarter of the largest extension ratio
 *                fine-tuned for, but at least 1.25 of the length's own
 */
public record RecoveryStagePlan(String name, List<Integer> lengths, SearchPlan search) implements StagePlan {

    private static final double SHARE_OF_TUNED_RATIO = 0.25;

    public RecoveryStagePlan {
        Require.notBlank(name, "recovery.name");
        lengths = Require.present(lengths, "recovery.lengths").stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "recovery.lengths", "must not be empty", lengths);
        lengths.forEach(length -> Require.atLeast(2, length, "recovery.lengths"));
        Require.present(search, "recovery").checked();
        Require.that(!search.isPareto(), "recovery.algorithm", "must score at one length: a recovery makes a table for each", search.algorithm());
    }

    /**
     * What may be tried at one of the lengths.
     *
     * @param tunedLength the length last fine-tuned for; the original one where there was none
     */
    public SearchSpaceBuilder space(RopeGeometry geometry, int length, int tunedLength) {
        double ratio = Math.max(1, geometry.extensionRatio(length));
        double reduced = Math.max(SpacePlan.PAPER_REACH * ratio, SHARE_OF_TUNED_RATIO * geometry.extensionRatio(tunedLength));
        return search.space().builder(geometry, ratio, reduced / ratio);
    }

    @Override
    public Objective objective() {
        return search.objective();
    }

    @Override
    public String kind() {
        return "recovery";
    }
}
