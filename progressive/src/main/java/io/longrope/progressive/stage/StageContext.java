package io.longrope.progressive.stage;

import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.rope.RopeGeometry;

import java.util.List;

/**
 * What every stage of a job works with.
 *
 * @param plan        the job
 * @param geometry    of the base model, with the plan's original length
 * @param arithmetic  of whatever is measured
 * @param scoring     has candidates scored
 * @param findings    what earlier stages found; each stage adds to it
 * @param trainings   has checkpoints trained
 * @param retrievals  has models tested with hidden numbers
 * @param listener    told what happens
 */
public record StageContext(JobPlan plan, RopeGeometry geometry, Arithmetic arithmetic, Scoring scoring, Findings findings,
                           Trainings trainings, Retrievals retrievals, StageListener listener) {

    /** Samples of a share at a length, as many as the plan asks for there. */
    public List<Sample> samples(SampleShare share, int length) {
        return scoring.samples(share, plan.data().samples(share, length), length);
    }

    /** How what was measured on the selection share at a length was measured. */
    String selectionProtocol(int length) {
        return "perplexity of " + plan.data()
                .samples(SampleShare.SELECTION, length) + " samples of " + length + " tokens, selection share of "
                + plan.data().evaluation();
    }
}
