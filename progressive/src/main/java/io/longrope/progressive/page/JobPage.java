package io.longrope.progressive.page;

import io.longrope.progressive.report.EventText;
import io.longrope.progressive.report.HtmlPage;
import io.longrope.progressive.report.JobTable;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.report.TextTable;
import io.longrope.progressive.report.WorkerTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One job: how far it is, what it found so far, who works for it, what happened. */
final class JobPage {

    private static final int EVENTS = 50;

    private final LiveJobs jobs;
    private final JobState state;
    private final JobFeed feed;
    private final Drawn pictures;

    private JobPage(LiveJobs jobs, JobState state, JobFeed feed) {
        this.jobs = jobs;
        this.state = state;
        this.feed = feed;
        pictures = new Drawn(address(state.id().value()), "");
    }

    /** @throws NotThere when there is no such job */
    static JobPage of(LiveJobs jobs, String id) throws NotThere, InterruptedException {
        var state = jobs.state(id);
        return new JobPage(jobs, state, jobs.feed(state));
    }

    static String address(String job) {
        return "/jobs/" + job;
    }

    /** @param token for the buttons of the page; empty where who reads it does not know it */
    HtmlPage page(Optional<PageToken> token) throws IOException {
        var page = new HtmlPage(state.id().value(), pictures);
        var report = feed.report();
        report.ifPresent(one -> one.addSubject(page));
        page.table(new JobTable(List.of(state), jobs.now()).table(), List.of(new HtmlPage.Surplus(Optional.empty(),
                JobTable.troubles(state))));
        token.ifPresent(one -> page.buttons(JobAction.possible(state).stream().map(action -> new HtmlPage.Button(action.label(),
                address(state.id().value()) + "/" + action.label(), Map.of("token", one.text()))).toList()));
        addWorkers(page);
        if (report.isPresent()) {
            report.get().addFindings(page);
        }
        addEvents(page);
        report.ifPresent(one -> one.addPlan(page));
        return page;
    }

    /** @throws NotThere when the job has no picture of that name yet */
    Drawn.Picture picture(String name) throws IOException, NotThere {
        var report = feed.report();
        if (report.isPresent()) {
            report.get().addFindings(new HtmlPage("", pictures));
        }
        return pictures.named(name);
    }

    private void addWorkers(HtmlPage page) {
        var workers = jobs.workers().stream()
                .filter(worker -> worker.doing().filter(doing -> doing.job().equals(state.id().value())).isPresent()).toList();
        if (!workers.isEmpty()) {
            page.section("Workers at it");
            page.table(new WorkerTable(workers, jobs.now()).table());
        }
    }

    private void addEvents(HtmlPage page) {
        // cells of tables stand in the tables, candidates in the pictures
        var events = new ArrayList<>(feed.events().stream()
                .filter(event -> event.kind() != JobEvent.Kind.REPORTED && event.kind() != JobEvent.Kind.TRIED).toList());
        Collections.reverse(events);
        page.section("What happened");
        page.paragraph((events.size() > EVENTS ? "The last " + EVENTS + " of " : "") + Plural.of(events.size(), "event")
                + ", the newest first.");
        page.table(new TextTable(List.of("time", "event"), events.stream().limit(EVENTS).map(JobPage::row).toList(), 2));
    }

    private static List<String> row(JobEvent event) {
        return List.of(Document.TIME.format(event.at()), EventText.of(event));
    }
}
