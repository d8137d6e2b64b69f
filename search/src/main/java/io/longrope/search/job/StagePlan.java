package io.longrope.search.job;

/** One step of a job; stages run in order, each building on those before it. */
public sealed interface StagePlan permits SearchStagePlan, FineTuneStagePlan, RecoveryStagePlan {

    /** Unique in its plan; names the stage in logs and its files in the run directory. */
    String name();

    /** The key that introduces such a stage in a plan. */
    String kind();
}
