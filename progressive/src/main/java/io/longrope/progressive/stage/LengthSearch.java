package io.longrope.progressive.stage;

import io.longrope.evaluator.metric.Crop;
import io.longrope.search.problem.Plural;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Sample;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** One search at one length, and the choice among its finalists. */
final class LengthSearch {

    private final SearchTask task;
    private final StageContext context;

    LengthSearch(SearchTask task) {
        this.task = task;
        this.context = task.context();
    }

    /**
     * @param space      what may be tried
     * @param known      candidates the search starts from and its finalists must beat to be chosen, by name
     * @param engineForm what inference engines make of a candidate
     */
    void run(SearchSpace space, Map<String, Candidate> known, UnaryOperator<Candidate> engineForm) throws InterruptedException {
        var rivals = task.scoring().judged(task.model(), known);
        known.keySet().stream().filter(name -> !rivals.containsKey(name)).forEach(name -> context.listener().note(task.stage(), name
                + " finds the key tokens of this search, so it does not stand among what is compared by them"));
        var searchLosses = new HashMap<Candidate, Double>();
        var contenders = strongest(rivals, searchLosses);
        // a search begins with tables for all layers
        var seeds = rivals.values().stream().map(rival -> rival.withFactors(rival.factors().shared())).toList();
        var result = task.search(space, seeds, task.scorer());
        var finalists = result.finalists().stream().map(finalist -> finalist.candidate()).toList();
        result.finalists().forEach(finalist -> searchLosses.put(finalist.candidate(), finalist.loss()));
        var lineUp = Selection.lineUp(finalists, contenders, engineForm);
        var samples = task.selectionSamples(task.length());
        var scores = task.scoring().evaluate(task.model(), samples, List.copyOf(lineUp.values()));
        var selection = Selection.of(task.length(), lineUp, contenders.keySet(), scores, searchLosses, engineForm);
        context.listener().selected(task.stage(), selection, task.crop(samples));
        context.findings().found(new Finding(task.stage(), task.model(), entry(selection, samples)));
    }

    /** What was chosen with its perplexity, by whatever else it was chosen: tables of all stages can then be compared. */
    private TableEntry entry(Selection selection, List<Sample> samples) throws InterruptedException {
        var protocol = context.selectionProtocol(task.length());
        if (task.plan().objective() == Objective.PERPLEXITY) {
            return selection.entry(protocol, Selection.Contender::perplexity);
        }
        var chosen = List.of(selection.winner().candidate(), selection.winnerForEngines().candidate());
        var scores = context.scoring().evaluate(task.model(), samples, chosen);
        var entry = selection.entry(protocol + "; chosen by " + task.plan().objective().quantity(),
                contender -> scores.get(chosen.indexOf(contender.candidate())).perplexity());
        context.listener().note(task.stage(), "perplexity of what was chosen by " + task.plan().objective().quantity() + ", on the same "
                + Plural.of(samples.size(), "sample") + " of " + Plural.of(task.length(), "token") + ": " + perplexity(entry.best())
                + entry.withoutStartTokens().map(twin -> " · as engines run it: " + perplexity(twin)).orElse(""));
        return entry;
    }

    private static String perplexity(Measured measured) {
        return measured.perplexity().isPresent() ? String.format(Locale.ROOT, "%.3f", measured.perplexity().getAsDouble()) : "not finite";
    }

    /** The rivals that do best on the samples of the search: the others cannot win, and selections are long. */
    private Map<String, Candidate> strongest(Map<String, Candidate> rivals, Map<Candidate, Double> searchLosses)
            throws InterruptedException {
        var scores = task.scoring().evaluate(task.model(), task.searchSamples(task.length()), List.copyOf(rivals.values()));
        var losses = new LinkedHashMap<String, Double>();
        rivals.keySet().forEach(name -> losses.put(name, scores.get(losses.size()).loss()));
        losses.forEach((name, loss) -> searchLosses.put(rivals.get(name), loss));
        var toBeat = new LinkedHashMap<>(losses);
        task.crop(task.searchSamples(task.length())).ifPresent(loss -> toBeat.put(Crop.NAME, loss));
        context.listener().rivalsScored(task.stage(), task.length(), toBeat);
        var strongest = new LinkedHashMap<String, Candidate>();
        losses.entrySet().stream().sorted(Map.Entry.comparingByValue()).limit(SearchTask.STRONGEST)
                .forEach(rival -> strongest.put(rival.getKey(), rivals.get(rival.getKey())));
        return strongest;
    }
}
