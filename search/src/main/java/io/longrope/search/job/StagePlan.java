package io.longrope.search.job;

import io.longrope.search.work.Objective;

/** One step of a job; stages run in order, each building on those before it. */
public sealed interface StagePlan permits SearchStagePlan, FineTuneStagePlan, RecoveryStagePlan {

    /** Unique in its plan; names the stage in logs and its files in the run directory. */
    String name();

    /** The key that introduces such a stage in a plan. */
    String kind();

    /** What candidates are compared by; perplexity where none are searched. */
    default Objective objective() {
        return Objective.PERPLEXITY;
    }
}
