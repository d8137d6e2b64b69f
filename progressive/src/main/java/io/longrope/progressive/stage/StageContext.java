package io.longrope.progressive.stage;

import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.rope.RopeGeometry;

/**
 * What every stage of a job works with.
 *
 * @param plan        the job
 * @param geometry    of the base model, with the plan's original length
 * @param precision   number format of evaluations: the plan's, or the checkpoint's where that says none
 * @param scoring     the way to the workers
 * @param findings    what earlier stages found; each stage adds to it
 * @param checkpoints where fine-tuned checkpoints go and how they are trained
 * @param listener    told what happens
 */
public record StageContext(JobPlan plan, RopeGeometry geometry, Precision precision, Scoring scoring, Findings findings,
        Checkpoints checkpoints,
                           StageListener listener) {

    /** Samples of a share at a length, as many as the plan asks for there. */
    public SampleReference samples(SampleShare share, int length) {
        return scoring.samples(share, plan.data().samples(share, length), length);
    }

    /** How what was measured on the selection share at a length was measured. */
    String selectionProtocol(int length) {
        return "perplexity of " + plan.data()
                .samples(SampleShare.SELECTION, length) + " samples of " + length + " tokens, selection share of "
                + plan.data().evaluation();
    }
}
