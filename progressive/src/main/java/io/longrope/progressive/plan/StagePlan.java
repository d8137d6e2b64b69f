package io.longrope.progressive.plan;

import io.longrope.search.problem.KeyRule;
import io.longrope.search.work.Objective;

import java.util.List;

/** What a plan says of one step of a job; stages run in order, each building on those before it. */
public sealed interface StagePlan permits SearchStagePlan, FineTuneStagePlan, RecoveryStagePlan {

    /** Answers for each kind of stage. */
    interface Kinds<T> {

        T search(SearchStagePlan plan);

        T fineTune(FineTuneStagePlan plan);

        T recovery(RecoveryStagePlan plan);
    }

    /** Unique in its plan; names the stage in logs and its files in the run directory. */
    String name();

    /** The answer for its own kind. */
    <T> T as(Kinds<T> kinds);

    /** What candidates are compared by; perplexity where none are searched. */
    default Objective objective() {
        return Objective.PERPLEXITY;
    }

    /** Whether it leaves a checkpoint. */
    default boolean trains() {
        return false;
    }

    /** The longer windows it searches tables for. */
    default List<Integer> extendedTo() {
        return List.of();
    }

    /** The key that introduces such a stage in a plan: {@code fine-tune}. */
    default String kind() {
        return kind(getClass());
    }

    static String kind(Class<?> type) {
        return KeyRule.dashed(type.getSimpleName().replaceFirst("StagePlan$", ""));
    }
}
