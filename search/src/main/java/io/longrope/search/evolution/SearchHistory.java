package io.longrope.search.evolution;

import io.longrope.search.evolution.internal.ParetoFront;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;

/** What a search has measured, and what follows from it. Nothing here depends on the order in which answers came. */
final class SearchHistory {

    /** Those on the latest samples first; of them those measured in full, then by loss; of equals the older. */
    private static final Comparator<Scored> BEST_FIRST = Comparator.<Scored>comparingInt(one -> one.trial().draw()).reversed()
            .thenComparing(Scored::isStopped).thenComparingDouble(Scored::loss).thenComparingInt(one -> one.trial().number());

    private final List<Scored> scored = new ArrayList<>();
    private final int objectives;

    SearchHistory(int objectives) {
        this.objectives = objectives;
    }

    void add(Scored one) {
        scored.add(one);
    }

    boolean isEmpty() {
        return scored.isEmpty();
    }

    private int generation() {
        return scored.stream().mapToInt(one -> one.trial().generation()).max().orElse(0);
    }

    /** When a generation and all before it are scored. What later ones came to already is left out: it depends on who was fast. */
    SearchListener.Progress progress(int generation, int maxEvaluations) {
        var until = new SearchHistory(objectives);
        scored.stream().filter(one -> one.trial().generation() <= generation).forEach(until::add);
        var losses = until.scored.stream()
                .filter(one -> one.trial().generation() == generation).mapToDouble(Scored::loss).sorted().toArray();
        var best = until.ranked().get(0);
        return new SearchListener.Progress(generation, best.candidate(), best.loss(), losses[losses.length / 2], until.evaluations(),
                maxEvaluations, until.stopped(), until.tokens());
    }

    SearchResult result(int finalists, SearchResult.End end) {
        var ordered = scored.stream().sorted(Comparator.comparingInt(one -> one.trial().number())).toList();
        if (objectives == 1) {
            var complete = ranked().stream().filter(one -> !one.isStopped()).toList();
            return new SearchResult(ordered, complete.subList(0, Math.min(1, complete.size())),
                    complete.subList(0, Math.min(finalists, complete.size())), evaluations(), stopped(), tokens(), generation(), end);
        }
        var front = ParetoFront.of(ordered, one -> one.measurement().losses());
        return new SearchResult(ordered, front.members(), front.spread(finalists), evaluations(), stopped(), tokens(), generation(), end);
    }

    /** A candidate measured on several draws counts with the latest; of points that are one candidate the first counts. */
    private List<Scored> ranked() {
        Map<Candidate, Scored> latest = new LinkedHashMap<>();
        scored.forEach(one -> latest.merge(one.candidate(), one, BinaryOperator.minBy(BEST_FIRST)));
        return latest.values().stream().sorted(BEST_FIRST).toList();
    }

    private int evaluations() {
        return objectives * scored.size();
    }

    private int stopped() {
        return (int) scored.stream().filter(Scored::isStopped).count();
    }

    private long tokens() {
        return scored.stream().mapToLong(one -> one.measurement().tokens()).sum();
    }
}
