package io.longrope.progressive.report;

import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.report.chart.CandidatesFigure;
import io.longrope.progressive.report.chart.ImportanceFigure;
import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.search.evolution.adaptive.Importance;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the searches of a run tried, and what that tells of the pairs. Thread-safe. */
final class TriedReport {

    /** Fewer make no picture. */
    private static final int FEWEST = 2;

    private final List<TriedCandidates> searches;
    /** A model is fitted for each, which takes a while, and pages are asked for often. */
    private final Map<TriedCandidates, Optional<Importance>> importances = new HashMap<>();

    /** @param searches in the order of their stages */
    TriedReport(List<TriedCandidates> searches) {
        this.searches = List.copyOf(searches);
    }

    /**
     * Of what is known now, with what was fitted before to searches that have tried nothing since.
     *
     * @param searches in the order of their stages
     */
    TriedReport following(List<TriedCandidates> searches) {
        var report = new TriedReport(searches);
        synchronized (importances) {
            searches.stream().filter(importances::containsKey)
                    .forEach(search -> report.importances.put(search, importances.get(search)));
        }
        return report;
    }

    void addTo(HtmlPage page) throws IOException {
        var drawn = searches.stream().filter(search -> search.comparable().size() >= FEWEST).toList();
        if (drawn.isEmpty()) {
            return;
        }
        page.section("What the searches tried, and which pairs matter");
        for (var search : drawn) {
            var title = search.stage() + ", " + Lengths.format(search.length()) + " tokens";
            var name = search.stage() + "-" + search.length();
            var tried = search.comparable();
            var importance = importance(search);
            if (importance.isPresent()) {
                page.figure(ImportanceFigure.of("importance-" + name, title, importance.get(), tried.get(0).candidate().factors().pairs()),
                        importance.get());
            }
            page.figure(CandidatesFigure.of("candidates-" + name, title, tried), search);
        }
    }

    private Optional<Importance> importance(TriedCandidates search) {
        synchronized (importances) {
            return importances.computeIfAbsent(search, one -> Importance.of(one.comparable().stream()
                    .map(tried -> new Importance.Point(tried.candidate(), tried.loss())).toList()));
        }
    }
}
