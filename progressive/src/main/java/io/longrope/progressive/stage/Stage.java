package io.longrope.progressive.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.RecoveryStagePlan;
import io.longrope.progressive.plan.SearchStagePlan;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.search.work.Sample;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of a job: what its plan says, what that needs, and how it is done. Stages run in order, each building on those before it. */
public sealed interface Stage permits FineTuneStage, SearchingStage {

    /** The stages of a plan, in their order. */
    static List<Stage> of(JobPlan plan) {
        return plan.stages().stream().map(stage -> stage.as(new StagePlan.Kinds<Stage>() {
            @Override
            public Stage search(SearchStagePlan search) {
                return new SearchStage(search);
            }

            @Override
            public Stage fineTune(FineTuneStagePlan tune) {
                return new FineTuneStage(tune);
            }

            @Override
            public Stage recovery(RecoveryStagePlan recovery) {
                return new RecoveryStage(recovery);
            }
        })).toList();
    }

    /** What the plan says of it. */
    StagePlan plan();

    /** Tells what keeps it from being done, given the stages before it, and what it leaves to those after it. */
    void check(PlanCheck check);

    /** The checkpoint it works on, given what stages before it found. */
    StageModel model(Findings findings);

    /** The path of another checkpoint that decides which tokens of the samples count. */
    Optional<String> evaluator();

    /** The samples that decide its result. */
    List<Sample> samples(StageContext context);

    /** @throws InterruptedException when the thread was interrupted; doing it again goes on */
    void run(StageContext context) throws InterruptedException;

    /**
     * What it came to, to be kept as its record.
     *
     * @param names how the record refers to a checkpoint
     */
    Map<String, Object> outcome(StageContext context, CheckpointNames names) throws IOException;

    /** True when {@link #restore} takes over what a record holds; a stage that leaves a checkpoint finds that instead. */
    boolean isRestoredFromRecord();

    /** Takes over the outcome of a record with the same input. */
    void restore(StageContext context, JsonNode outcome) throws JsonProcessingException;

    /** How records refer to checkpoints. */
    @FunctionalInterface
    interface CheckpointNames {

        Map<String, String> of(StageModel model);
    }
}
