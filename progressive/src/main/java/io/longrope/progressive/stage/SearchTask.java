package io.longrope.progressive.stage;

import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.progressive.plan.SearchPlan;

/**
 * What one search of a stage works on.
 *
 * @param context of the job
 * @param stage   its name
 * @param model   the checkpoint candidates are scored on
 * @param length  the length searched for
 * @param plan    how
 */
record SearchTask(StageContext context, String stage, StageModel model, int length, SearchPlan plan) {

    /** Rivals that are scored beside the finalists. */
    static final int STRONGEST = 4;

    /** By the objective of the search. */
    Scoring scoring() {
        return context.scoring().by(plan.objective());
    }

    /** The samples of the search at a length. */
    SampleReference searchSamples(int length) {
        return searchSamples(length, 0);
    }

    /** @param draw 0 = the samples of the job; others are drawn anew from the search share, the same ones for the same number */
    SampleReference searchSamples(int length, int draw) {
        int count = context.plan().data().samples(SampleShare.SEARCH, length, plan.samples());
        return context.scoring().samples(SampleShare.SEARCH, count, length, draw);
    }

    /** Samples no search sees. */
    SampleReference selectionSamples(int length) {
        return context.samples(SampleShare.SELECTION, length);
    }

    /** Each search of a job has a seed of its own, so that stages do not repeat each other's choices. */
    SearchSettings settings() {
        return plan.settings().toBuilder().seed(31 * (31 * context.plan().seed() + stage.hashCode()) + length).build();
    }

    SearchListener listener() {
        return progress -> context.listener().generation(stage, length, progress);
    }
}
