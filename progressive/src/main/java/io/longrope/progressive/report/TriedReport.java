package io.longrope.progressive.report;

import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.StagePlan;
import io.longrope.progressive.report.chart.CandidatesFigure;
import io.longrope.progressive.report.chart.ImportanceFigure;
import io.longrope.progressive.stage.TriedCandidates;
import io.longrope.search.evolution.adaptive.Importance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * What the searches of a run tried, and what that tells of the pairs.
 *
 * @param searches in the order of their stages
 */
record TriedReport(List<TriedCandidates> searches) {

    /** Of runs whose candidates are not known. */
    static final TriedReport NONE = new TriedReport(List.of());
    /** Fewer make no picture. */
    private static final int FEWEST = 2;

    TriedReport {
        searches = List.copyOf(searches);
    }

    static TriedReport read(Path runDirectory, JobPlan plan) throws IOException {
        var stages = plan.stages().stream().map(StagePlan::name).toList();
        return new TriedReport(TriedFiles.read(runDirectory).stream()
                .sorted(Comparator.<TriedCandidates>comparingInt(search -> stages.indexOf(search.stage()))
                        .thenComparingInt(TriedCandidates::length)).toList());
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
            var importance = Importance.of(tried.stream().map(one -> new Importance.Point(one.candidate(), one.loss())).toList());
            if (importance.isPresent()) {
                page.figure(ImportanceFigure.of("importance-" + name, title, importance.get(), tried.get(0).candidate().factors().pairs()),
                        importance.get());
            }
            page.figure(CandidatesFigure.of("candidates-" + name, title, tried), search);
        }
    }
}
