package io.longrope.search.job;

import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A job log that lives as long as its process. */
public final class InMemoryJobLog implements JobLog {

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryJobLog.class);

    private final JobHistory history = new JobHistory();
    private final List<JobEvent> events = new ArrayList<>();
    private boolean closed;

    @Override
    public synchronized void submit(JobSubmission submission) {
        requireOpen();
        history.add(submission);
        publish(JobEvent.of(submission.id(), JobEvent.Kind.SUBMITTED, "", submission.at()));
    }

    @Override
    public synchronized void publish(JobEvent event) {
        requireOpen();
        history.add(event);
        events.add(event);
        notifyAll();
    }

    @Override
    public synchronized List<JobSubmission> submissions() {
        return history.submissions();
    }

    @Override
    public synchronized List<JobState> states() {
        return history.states();
    }

    @Override
    public Subscription follow(From from, Consumer<JobEvent> listener) {
        int start;
        synchronized (this) {
            requireOpen();
            start = from == From.BEGINNING ? 0 : events.size();
        }
        var thread = new Thread(() -> deliver(start, listener), "job-events");
        thread.setDaemon(true);
        thread.start();
        return thread::interrupt;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void deliver(int start, Consumer<JobEvent> listener) {
        try {
            for (int i = start; awaitEvent(i); i++) {
                listener.accept(event(i));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("a listener of job events failed and hears no more", e);
        }
    }

    private synchronized boolean awaitEvent(int index) throws InterruptedException {
        while (index >= events.size() && !closed) {
            wait();
        }
        return !closed;
    }

    private synchronized JobEvent event(int index) {
        return events.get(index);
    }

    private void requireOpen() {
        Require.that(!closed, "job log", "must be open", "closed");
    }
}
