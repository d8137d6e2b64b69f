package io.longrope.progressive.driver;

import io.longrope.search.job.FoundTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.table.FactorTable;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A job log that tells an observer what is published through it. */
record ObservedJobLog(JobLog log, JobObserver observer, Set<JobId> failed) implements JobLog {

    ObservedJobLog(JobLog log, JobObserver observer) {
        this(log, observer, ConcurrentHashMap.newKeySet());
    }

    /** True when it was published through this log that the job failed. */
    boolean hasFailed(JobId job) {
        return failed.contains(job);
    }

    @Override
    public void submit(JobSubmission submission, OptionalInt priority) {
        log.submit(submission, priority);
    }

    @Override
    public void publish(JobEvent event) {
        log.publish(event);
        if (event.kind() == JobEvent.Kind.FAILED) {
            failed.add(event.job());
        }
        observer.happened(event);
    }

    @Override
    public void keep(FoundTable table) {
        log.keep(table);
    }

    @Override
    public Map<String, FactorTable> tables(JobId job) {
        return log.tables(job);
    }

    @Override
    public Optional<JobSubmission> submission(JobId id) {
        return log.submission(id);
    }

    @Override
    public List<JobState> states() {
        return log.states();
    }

    @Override
    public Subscription follow(Consumer<JobEvent> listener) {
        return log.follow(listener);
    }

    @Override
    public Subscription follow(JobId job, Consumer<JobEvent> listener) {
        return log.follow(job, listener);
    }

    @Override
    public void close() {
        log.close();
    }
}
