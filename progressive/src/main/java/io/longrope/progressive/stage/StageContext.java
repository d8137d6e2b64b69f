package io.longrope.progressive.stage;

import io.longrope.search.problem.Plural;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * What every stage of a job works with.
 *
 * @param plan        the job
 * @param geometry    of the base model, with the plan's original length
 * @param layers      of the base model
 * @param own         how the base model rotates inside its window when nobody changes it
 * @param operations  floating-point operations of a pass of the model over a sample of a length
 * @param arithmetic  of whatever is measured
 * @param scoring     has candidates scored
 * @param findings    what earlier stages found; each stage adds to it
 * @param trainings   has checkpoints trained
 * @param retrievals  has models tested with hidden numbers
 * @param evaluators  checkpoints that say which tokens are key
 * @param listener    told what happens
 */
public record StageContext(JobPlan plan, RopeGeometry geometry, int layers, Candidate own, IntToDoubleFunction operations,
                           Arithmetic arithmetic, Scoring scoring,
                           Findings findings, Trainings trainings, Retrievals retrievals,
                           EvaluatorModel.Checkpoints evaluators, StageListener listener) {

    /** Samples of a share at a length, as many as the plan asks for there. */
    public List<Sample> samples(SampleShare share, int length) {
        return scoring.samples(share, plan.data().samples(share, length), length);
    }

    /**
     * The cheapest rival of every longer window, measured: the base model that nobody trained on, with its own RoPE, which sees the last L
     * tokens before each token and no more.
     *
     * @param by what is measured
     */
    public Evaluation crop(Scoring by, List<Sample> samples) throws InterruptedException {
        return by.cropped(geometry.originalLength()).evaluate(findings.base(), samples, List.of(own)).get(0);
    }

    /** How what was measured on the selection share at a length was measured. */
    String selectionProtocol(int length) {
        return "perplexity of " + plan.data()
                .samples(SampleShare.SELECTION, length) + " samples of " + Plural.of(length, "token") + ", selection share of "
                + plan.data().evaluation();
    }
}
