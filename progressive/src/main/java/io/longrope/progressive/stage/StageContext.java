package io.longrope.progressive.stage;

import io.longrope.search.job.JobPlan;
import io.longrope.search.rope.RopeGeometry;

/**
 * What every stage of a job works with.
 *
 * @param plan        the job
 * @param geometry    of the base model, with the plan's original length
 * @param scoring     the way to the workers
 * @param findings    what earlier stages found; each stage adds to it
 * @param checkpoints where fine-tuned checkpoints go and how they are trained
 * @param listener    told what happens
 */
public record StageContext(JobPlan plan, RopeGeometry geometry, Scoring scoring, Findings findings, Checkpoints checkpoints,
                           StageListener listener) {
}
