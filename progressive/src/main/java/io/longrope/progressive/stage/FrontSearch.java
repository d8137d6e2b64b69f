package io.longrope.progressive.stage;

import io.longrope.evaluator.metric.Crop;
import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Scored;
import io.longrope.search.evolution.Scorer;
import io.longrope.search.evolution.Trial;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

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
        var crop = task.crop(task.searchSamples(task.length()));
        crop.ifPresent(loss -> context.listener().rivalsScored(task.stage(), task.length(), Map.of(Crop.NAME, loss)));
        var atLong = task.scorer(task.length(), List.of());
        var atShort = task.scorer(task.plan().shortLength(), List.of());
        var result = task.search(space, List.copyOf(known.values()), trial -> measure(trial, atLong, atShort));
        var front = new Front(task.stage(), task.length(), task.plan().shortLength(), task.plan().shortTolerance(), named(result.front()),
                compared(named(result.front()), result.finalists(), known));
        context.listener().picked(front, task.crop(task.selectionSamples(task.length())));
        context.findings().found(front);
        context.findings().found(new Finding(task.stage(), task.model(), front.entry(context.selectionProtocol(task.length()))));
    }

    /** Both lengths are asked for at once. */
    private static CompletableFuture<Measurement> measure(Trial trial, Scorer atLong, Scorer atShort) {
        return atLong.measure(trial).thenCombine(atShort.measure(trial),
                (one, other) -> new Measurement(List.of(one.loss(), other.loss()), true, List.of(), one.tokens() + other.tokens()));
    }

    private static List<Front.Losses> named(List<Scored> members) {
        var named = new ArrayList<Front.Losses>();
        for (var member : members) {
            named.add(new Front.Losses("front " + (named.size() + 1), member.candidate(), member.measurement().losses().get(0),
                    member.measurement().losses().get(1)));
        }
        return named;
    }

    private List<Front.Losses> compared(List<Front.Losses> front, List<Scored> finalists, Map<String, Candidate> known)
            throws InterruptedException {
        var entrants = new LinkedHashMap<String, Candidate>(known);
        front.stream().filter(one -> finalists.stream().anyMatch(finalist -> finalist.candidate().equals(one.candidate())))
                .forEach(one -> entrants.put(one.name(), one.candidate()));
        var lineUp = Selection.lineUp(entrants, Selection.ENGINES);
        var samples = List.of(task.selectionSamples(task.length()), task.selectionSamples(task.plan().shortLength()));
        var scores = context.scoring().evaluateOn(samples, task.model(), List.copyOf(lineUp.values()));
        var compared = new ArrayList<Front.Losses>();
        lineUp.forEach((name, candidate) -> compared.add(new Front.Losses(name, candidate, scores.get(0).get(compared.size()).loss(),
                scores.get(1).get(compared.size()).loss())));
        return compared;
    }
}
