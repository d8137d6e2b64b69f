package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpaceBuilder;
import io.longrope.search.work.Objective;

import java.util.List;

/**
 * Searches the extended model again at short lengths, so that a table switched by length gives back what the extension
 * cost there (LongRoPE §3.3). Where the search does not set the largest λ, that is reduced to a quarter of the largest extension
 * ratio fine-tuned for, but at least 1.25 of the length's own.
 */
public record RecoveryStagePlan(
        @Key(value = "Names the stage and its files.", form = "name", byDefault = "recovery") String name,
        @Key(value = "The short lengths.", form = "length", atLeast = 2) List<Integer> lengths,
        @Key(flat = true) SearchPlan search) implements StagePlan {

    private static final double SHARE_OF_TUNED_RATIO = 0.25;

    public RecoveryStagePlan {
        KeyRule.require(RecoveryStagePlan.class, name, lengths, search);
        lengths = lengths.stream().distinct().sorted().toList();
        Require.that(!lengths.isEmpty(), "lengths", "must not be empty", lengths);
        search.checked();
        Require.that(!search.isPareto(), "algorithm", "must score at one length: a recovery makes a table for each", search.algorithm());
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
    public <T> T as(Kinds<T> kinds) {
        return kinds.recovery(this);
    }
}
