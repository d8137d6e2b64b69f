package io.longrope.progressive.stage;

import io.longrope.search.work.SampleReference;
import io.longrope.search.evolution.ParetoFitness;
import io.longrope.search.evolution.ParetoResult;
import io.longrope.search.evolution.ParetoSearch;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One search at two lengths for a table that serves both, and the pick from its front. */
final class FrontSearch {

    private final SearchTask task;
    private final StageContext context;

    FrontSearch(SearchTask task) {
        this.task = task;
        this.context = task.context();
    }

    /**
     * @param space  what may be tried
     * @param rivals candidates the search starts from and is compared with, by name
     */
    void run(SearchSpace space, Map<String, Candidate> rivals) throws InterruptedException {
        var known = new LinkedHashMap<>(rivals);
        known.put("original positions", Candidate.original(space.pairs()));
        context.listener().searchStarted(task.stage(), task.length(), task.plan().evaluations());
        var searchSamples = List.of(task.searchSamples(task.length()), task.searchSamples(task.plan().shortLength()));
        var result = ParetoSearch.search(space, task.settings(), List.copyOf(known.values()), fitness(searchSamples), task.listener());
        var cost = new SearchCost(task.stage(), task.length(), result.evaluations(), 0, result.tokens());
        context.listener().searchEnded(cost, result.end(), 2 * result.finalists().size());
        context.findings().spent(cost);
        var front = new Front(task.stage(), task.length(), task.plan().shortLength(), task.plan().shortTolerance(), named(result.front()),
                compared(named(result.front()), result.finalists(), known));
        context.listener().picked(front);
        context.findings().found(front);
        context.findings().found(new Finding(task.stage(), task.model(), front.entry(context.selectionProtocol(task.length()))));
    }

    private ParetoFitness fitness(List<SampleReference> samples) {
        return generation -> {
            var scores = context.scoring().scores(task.model(), samples, generation);
            var losses = new ArrayList<ParetoFitness.Losses>();
            for (int i = 0; i < generation.size(); i++) {
                var atLong = scores.get(0).get(i);
                var atShort = scores.get(1).get(i);
                losses.add(new ParetoFitness.Losses(atLong.loss(), atShort.loss(), atLong.tokens() + atShort.tokens()));
            }
            return losses;
        };
    }

    private static List<Front.Losses> named(List<ParetoResult.Member> members) {
        var named = new ArrayList<Front.Losses>();
        for (var member : members) {
            named.add(new Front.Losses("front " + (named.size() + 1), member.candidate(), member.longLoss(), member.shortLoss()));
        }
        return named;
    }

    private List<Front.Losses> compared(List<Front.Losses> front, List<ParetoResult.Member> finalists, Map<String, Candidate> known) throws InterruptedException {
        var entrants = new LinkedHashMap<String, Candidate>(known);
        front.stream().filter(one -> finalists.stream().anyMatch(finalist -> finalist.candidate().equals(one.candidate())))
                .forEach(one -> entrants.put(one.name(), one.candidate()));
        var lineUp = Selection.lineUp(entrants, Selection.NO_START_TOKENS);
        var samples = List.of(task.selectionSamples(task.length()), task.selectionSamples(task.plan().shortLength()));
        var scores = context.scoring().scores(task.model(), samples, List.copyOf(lineUp.values()));
        var compared = new ArrayList<Front.Losses>();
        lineUp.forEach((name, candidate) -> compared.add(new Front.Losses(name, candidate, scores.get(0).get(compared.size()).loss(),
                scores.get(1).get(compared.size()).loss())));
        return compared;
    }
}
