package io.longrope.progressive.page;

import io.longrope.progressive.report.HtmlPage;
import io.longrope.progressive.report.JobTable;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.RunComparison;
import io.longrope.progressive.report.TextTable;
import io.longrope.progressive.report.WorkerTable;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.Program;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.WorkerStatus;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All jobs, all workers, and what went wrong lately. */
final class OverviewPage {

    /** More attempts would hide the rest. */
    private static final int ATTEMPTS = 30;
    /** Jobs offered for comparison. */
    private static final int COMPARABLE = 30;

    private final LiveJobs jobs;

    OverviewPage(LiveJobs jobs) {
        this.jobs = jobs;
    }

    HtmlPage page() {
        var page = new HtmlPage("Jobs", (figure, shows) -> "");
        addJobs(page);
        addWorkers(page);
        addComparison(page);
        addAttempts(page);
        return page;
    }

    /** Those that run first, then the latest. */
    private void addJobs(HtmlPage page) {
        var states = jobs.states().stream().sorted(Comparator.<JobState, Boolean>comparing(state -> state.phase().hasEnded())
                .thenComparing(JobState::submitted, Comparator.reverseOrder())).toList();
        if (states.isEmpty()) {
            page.paragraph("None was submitted. " + Program.name() + " submit PLAN asks for one.");
            return;
        }
        var counts = states.stream().collect(Collectors.groupingBy(JobState::phase, TreeMap::new, Collectors.counting()));
        page.paragraph(counts.entrySet().stream().map(count -> count.getValue() + " " + count.getKey().name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")) + ". Figures are those of the stage a job is in, device-hours of the whole job.");
        page.table(new JobTable(states, jobs.now()).table(), states.stream()
                .map(state -> new HtmlPage.Surplus(Optional.of(JobPage.address(state.id().value())), JobTable.troubles(state))).toList());
    }

    private void addWorkers(HtmlPage page) {
        var workers = new WorkerTable(jobs.workers(), jobs.now());
        page.section("Workers");
        page.paragraph(workers.summary() + ".");
        if (!workers.workers().isEmpty()) {
            page.table(workers.table());
            workers.troubles().forEach(page::paragraph);
        }
    }

    /** The latest, whether they have ended or not. */
    private void addComparison(HtmlPage page) {
        var latest = jobs.states().stream().sorted(Comparator.comparing(JobState::submitted, Comparator.reverseOrder())).limit(COMPARABLE)
                .map(state -> state.id().value()).toList();
        if (latest.size() < 2) {
            return;
        }
        page.section("Compare");
        page.paragraph("Two to " + RunComparison.MOST + " jobs side by side: plans, perplexities, tables, costs.");
        page.choices(ComparePage.ADDRESS, ComparePage.JOB, latest, "Compare");
    }

    private void addAttempts(HtmlPage page) {
        var attempts = jobs.attempts();
        if (attempts.isEmpty()) {
            return;
        }
        var devices = jobs.workers().stream().collect(Collectors.toMap(WorkerStatus::worker, WorkerStatus::device, (one, other) -> one));
        page.section("Attempts without a result");
        page.paragraph("Of the last day" + (attempts.size() > ATTEMPTS ? ", the last " + ATTEMPTS + " of " + attempts.size() : "")
                + "; what can be done elsewhere or again is.");
        page.table(new TextTable(List.of("worker", "device", "what", "why", "ago"), attempts.stream().limit(ATTEMPTS)
                .map(attempt -> row(attempt, devices)).toList(), 4));
    }

    private List<String> row(Attempt attempt, Map<String, String> devices) {
        return List.of(attempt.worker(), devices.getOrDefault(attempt.worker(), ""),
                attempt.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '), attempt.reason(),
                Quantities.clock(Duration.between(attempt.at(), jobs.now())));
    }
}
