package io.longrope.progressive.stage;

import io.longrope.search.evaluation.SampleReference;
import io.longrope.search.evaluation.SampleShare;
import io.longrope.search.evolution.Fitness;
import io.longrope.search.evolution.FitnessValue;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.job.SearchPlan;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One search on one checkpoint at one length, and the choice among its finalists. */
final class LengthSearch {

    /** Rivals that are scored beside the finalists. */
    private static final int STRONGEST = 4;

    private final StageContext context;
    private final String stage;
    private final StageModel model;
    private final int length;
    private final SearchPlan plan;

    LengthSearch(StageContext context, String stage, StageModel model, int length, SearchPlan plan) {
        this.context = context;
        this.stage = stage;
        this.model = model;
        this.length = length;
        this.plan = plan;
    }

    /**
     * @param space  what may be tried
     * @param seeds  known good candidates the search starts from
     * @param rivals candidates the finalists must beat to be chosen, by name
     * @param engineForm what inference engines make of a candidate
     */
    Finding run(SearchSpace space, List<Candidate> seeds, Map<String, Candidate> rivals, UnaryOperator<Candidate> engineForm) throws InterruptedException {
        var settings = settings();
        var searchLosses = new HashMap<Candidate, Double>();
        var contenders = strongest(rivals, searchLosses);
        context.listener().searchStarted(stage, length, settings.maxEvaluations());
        var result = SearchAlgorithms.named(plan.algorithm()).search(space, settings, seeds, fitness(),
                progress -> context.listener().generation(stage, length, progress));
        context.listener().searchEnded(stage, length, result);
        context.findings().spent(SearchCost.of(stage, length, result));
        var finalists = result.finalists().stream().map(finalist -> finalist.candidate()).toList();
        result.finalists().forEach(finalist -> searchLosses.put(finalist.candidate(), finalist.loss()));
        var lineUp = Selection.lineUp(finalists, contenders, engineForm);
        var samples = context.scoring().samples(SampleShare.SELECTION, context.plan().data().samples(SampleShare.SELECTION, length), length);
        var scores = context.scoring().scores(model, samples, List.copyOf(lineUp.values()));
        var selection = Selection.of(length, lineUp, contenders.keySet(), scores, searchLosses, engineForm);
        context.listener().selected(stage, selection);
        var finding = new Finding(stage, model, selection.entry(protocol(samples.count())));
        context.findings().found(finding);
        return finding;
    }

    /** The rivals that do best on the samples of the search: the others cannot win, and selections are long. */
    private Map<String, Candidate> strongest(Map<String, Candidate> rivals, Map<Candidate, Double> searchLosses) throws InterruptedException {
        var scores = context.scoring().scores(model, searchSamples(), List.copyOf(rivals.values()));
        var losses = new LinkedHashMap<String, Double>();
        rivals.keySet().forEach(name -> losses.put(name, scores.get(losses.size()).loss()));
        losses.forEach((name, loss) -> searchLosses.put(rivals.get(name), loss));
        context.listener().rivalsScored(stage, length, losses);
        var strongest = new LinkedHashMap<String, Candidate>();
        losses.entrySet().stream().sorted(Map.Entry.comparingByValue()).limit(STRONGEST)
                .forEach(rival -> strongest.put(rival.getKey(), rivals.get(rival.getKey())));
        return strongest;
    }

    private SampleReference searchSamples() {
        int count = context.plan().data().samples(SampleShare.SEARCH, length, plan.samples());
        return context.scoring().samples(SampleShare.SEARCH, count, length);
    }

    private Fitness fitness() {
        var samples = searchSamples();
        return generation -> context.scoring().race(model, samples, generation).stream().map(FitnessValue::of).toList();
    }

    private SearchSettings settings() {
        return SearchSettings.builder().population(plan.population()).generations(plan.generations()).mutations(plan.mutations())
                .crossovers(plan.crossovers()).parents(plan.parents()).mutationProbability(plan.probability())
                .maxEvaluations(plan.maxEvaluations()).maxTokens(plan.maxTokens() == 0 ? Long.MAX_VALUE : plan.maxTokens())
                .patience(plan.patience()).finalists(plan.finalists()).racing(plan.racing()).batch(plan.batch())
                .criticalPair(plan.criticalPair()).seed(seed()).build();
    }

    /** Each search of a job has a seed of its own, so that stages do not repeat each other's choices. */
    private long seed() {
        return 31 * (31 * context.plan().seed() + stage.hashCode()) + length;
    }

    private String protocol(int count) {
        return "perplexity of " + count + " samples of " + length + " tokens, selection share of " + context.plan().data().evaluation();
    }
}
