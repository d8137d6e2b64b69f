package io.longrope.progressive.page;

import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.RunHistory;
import io.longrope.progressive.report.RunReport;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.FactorTable;

import com.fasterxml.jackson.core.JsonProcessingException;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the log tells of one job, kept and followed. Thread-safe. */
final class JobFeed implements AutoCloseable {

    private final JobLog log;
    private final JobId job;
    private final List<JobEvent> events = new ArrayList<>();
    private final JobLog.Subscription subscription;
    private final Optional<JobPlan> plan;
    private Map<String, FactorTable> tables = Map.of();
    /** Events after which there may be another table, when {@link #tables} were read. */
    private long tablesAsOf;
    private Optional<RunReport> report = Optional.empty();
    /** Events told when {@link #report} was made. */
    private int reportedAsOf = -1;

    JobFeed(JobLog log, JobId job) {
        this.log = log;
        this.job = job;
        plan = log.submission(job).flatMap(JobFeed::plan);
        subscription = log.follow(job, this::add);
    }

    /** Waits until what happened at a time is told, but not for ever. */
    synchronized void await(Instant at, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        long left = patience.toMillis();
        int seen = 0;
        while (left > 0 && events.subList(seen, events.size()).stream().noneMatch(event -> event.at().equals(at))) {
            seen = events.size();
            wait(left);
            left = (end - System.nanoTime()) / 1_000_000;
        }
    }

    /** In the order they happened. */
    synchronized List<JobEvent> events() {
        return List.copyOf(events);
    }

    /** Empty where what was submitted is no plan. A page and its pictures ask for the same one. */
    synchronized Optional<RunReport> report() {
        if (reportedAsOf != events.size()) {
            report = plan.map(one -> RunReport.of(one, new RunHistory(events), tables(), report));
            reportedAsOf = events.size();
        }
        return report;
    }

    @Override
    public void close() {
        subscription.close();
    }

    private synchronized void add(JobEvent event) {
        events.add(event);
        notifyAll();
    }

    private Map<String, FactorTable> tables() {
        long now = events.stream().filter(event -> switch (event.kind()) {
            case TABLE, STAGE_FINISHED, REPORTED, FINISHED -> true;
            default -> false;
        }).count();
        if (now != tablesAsOf) {
            tables = log.tables(job);
            tablesAsOf = now;
        }
        return tables;
    }

    private static Optional<JobPlan> plan(JobSubmission submission) {
        try {
            return Optional.of(new PlanReader(PlanCheck.UNSEEN).read(Json.mapper().readTree(submission.plan())));
        } catch (BadInput | JsonProcessingException e) {
            // its driver refuses it and says why
            return Optional.empty();
        }
    }
}
