package io.longrope.progressive.stage;

import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.evolution.Rungs;
import io.longrope.search.evolution.Scored;
import io.longrope.search.evolution.Scorer;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchLoop;
import io.longrope.search.evolution.SearchResult;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.progressive.plan.SearchPlan;
import io.longrope.search.job.Tried;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.work.Objective;
import io.longrope.search.work.ShortContext;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What one search of a stage works on.
 *
 * @param context of the job
 * @param stage   its name
 * @param model   the checkpoint candidates are scored on
 * @param length  the length searched for
 * @param plan    how
 * @param scoring by the objective of the search
 * @param tokens  that its trials took
 */
record SearchTask(StageContext context, String stage, StageModel model, int length, SearchPlan plan, Scoring scoring,
                  TokensByLength tokens) {

    /** Rivals that are scored beside the finalists. */
    static final int STRONGEST = 4;

    static SearchTask of(StageContext context, String stage, StageModel model, int length, SearchPlan plan) {
        var scoring = plan.objective() == Objective.LONGPPL ? context.scoring().byKeyTokens(evaluator(context, length, plan))
                : context.scoring().by(plan.objective());
        return new SearchTask(context, stage, model, length, plan, scoring, new TokensByLength());
    }

    /** Another checkpoint, or the base model with the best of the methods that need no search. */
    private static KeyTokenBook.Evaluator evaluator(StageContext context, int length, SearchPlan plan) {
        var base = context.findings().base().reference();
        var shortened = ShortContext.of(context.geometry().originalLength());
        return plan.evaluator().map(path -> {
            var other = context.evaluators().at(path);
            return new KeyTokenBook.Evaluator(other.reference(), other.candidate(plan.evaluatorMethod(), length), base, shortened);
        }).orElseGet(() -> new KeyTokenBook.Evaluator(base,
                KnownMethods.candidate(plan.evaluatorMethod().orElse(KnownMethods.BEST), context.geometry(), length), base, shortened));
    }

    /** The samples of the search at a length. */
    List<Sample> searchSamples(int length) {
        return searchSamples(length, 0);
    }

    /** @param draw 0 = the samples of the job; others are drawn anew from the search share, the same ones for the same number */
    List<Sample> searchSamples(int length, int draw) {
        int count = context.plan().data().samples(SampleShare.SEARCH, length, plan.samples());
        return scoring.samples(SampleShare.SEARCH, count, length, draw);
    }

    /** Samples no search sees. */
    List<Sample> selectionSamples(int length) {
        return scoring.samples(SampleShare.SELECTION, context.plan().data().samples(SampleShare.SELECTION, length), length);
    }

    /** Crop's loss on samples, by the objective of the search; empty within the window, where it is the base model as it is. */
    OptionalDouble crop(List<Sample> samples) throws InterruptedException {
        return length > context.geometry().originalLength() ? OptionalDouble.of(context.crop(scoring, samples).loss())
                : OptionalDouble.empty();
    }

    /** Each search of a job has a seed of its own, so that stages do not repeat each other's choices. */
    SearchSettings settings() {
        return plan.settings().toBuilder().ladder(plan.ladder(length))
                .seed(31 * (31 * context.plan().seed() + stage.hashCode()) + length).build();
    }

    /**
     * Runs the search to its end, telling the listener of the job.
     *
     * @param seeds  it starts from
     * @param scorer measures its trials
     */
    SearchResult search(SearchSpace space, List<Candidate> seeds, Scorer scorer) throws InterruptedException {
        context.listener().searchStarted(stage, length, plan.evaluations());
        var settings = settings();
        var optimizer = SearchAlgorithms.named(plan.algorithm()).start(space, settings, seeds);
        var untold = new ArrayList<Tried>();
        var result = SearchLoop.run(optimizer, scorer, settings.finalists(), plan.evaluations(), new SearchListener() {

            @Override
            public void onScored(Scored scored) {
                untold.add(TriedCandidates.tried(scored));
            }

            @Override
            public void onGeneration(Progress progress) {
                context.listener().tried(stage, length, List.copyOf(untold));
                untold.clear();
                context.listener().generation(stage, length, progress);
            }

            @Override
            public void waiting(int open, Duration since) {
                context.scoring().patience().waiting(open, since);
            }
        });
        var cost = new SearchCost(stage, length, result.evaluations(), result.stopped(), result.tokens(),
                tokens.operations(context.operations()));
        context.listener().searchEnded(cost, result.end(), optimizer.objectives() * result.finalists().size());
        context.findings().spent(cost);
        context.findings().tried(TriedCandidates.of(stage, length, result));
        return result;
    }

    /** Measures trials on the samples of the job, or on those of their draw, and before that on the steps of the ladder. */
    Scorer scorer() {
        var losses = new TrialLosses(scoring, model,
                draw -> Stream.concat(screening(draw), searchSamples(length, draw).stream()).toList(), tokens);
        return new Rungs(plan.settings().rungs(), plan.ladder(length), losses);
    }

    private Stream<Sample> screening(int draw) {
        return plan.screenedAt(length).stream()
                .flatMap(shorter -> scoring.samples(SampleShare.SEARCH, plan.ladder().orElseThrow().samples(), shorter, draw).stream());
    }

    /** @param rungs at which a trial may be given up */
    Scorer scorer(int length, List<Integer> rungs) {
        return new Rungs(rungs, new TrialLosses(scoring, model, draw -> searchSamples(length, draw), tokens));
    }
}
