package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.table.FactorTable;
import io.longrope.search.work.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A job log that lives as long as its process. */
public final class InMemoryJobLog implements JobLog {

    private static final Logger LOG = LoggerFactory.getLogger(InMemoryJobLog.class);

    private final JobStates states = new JobStates();
    private final Map<JobId, JobSubmission> submissions = new LinkedHashMap<>();
    private final List<JobEvent> events = new ArrayList<>();
    private final Map<JobId, Map<String, FactorTable>> tables = new HashMap<>();
    private boolean closed;

    @Override
    public synchronized void submit(JobSubmission submission, OptionalInt priority) {
        requireOpen();
        if (state(submission.id()).filter(state -> !state.mayBeSubmittedAgain()).isEmpty()) {
            submissions.put(submission.id(), submission);
            publish(JobEvent.submitted(submission, priority));
        }
    }

    @Override
    public synchronized void publish(JobEvent event) {
        requireOpen();
        states.add(event, events.size());
        if (event.kind() == JobEvent.Kind.REMOVED) {
            submissions.remove(event.job());
            tables.remove(event.job());
        }
        events.add(event);
        notifyAll();
    }

    @Override
    public synchronized void keep(FoundTable table) {
        requireOpen();
        tables.computeIfAbsent(table.job(), job -> new TreeMap<>()).put(table.name(), table.table());
    }

    @Override
    public synchronized Map<String, FactorTable> tables(JobId job) {
        return new TreeMap<>(tables.getOrDefault(job, Map.of()));
    }

    @Override
    public synchronized Optional<JobSubmission> submission(JobId id) {
        return Optional.ofNullable(submissions.get(id));
    }

    /** In the order they were first submitted. */
    synchronized List<JobSubmission> submissions() {
        return List.copyOf(submissions.values());
    }

    @Override
    public synchronized List<JobState> states() {
        return states.states();
    }

    @Override
    public Subscription follow(Consumer<JobEvent> listener) {
        return follow(events(), listener);
    }

    @Override
    public Subscription follow(JobId job, Consumer<JobEvent> listener) {
        return follow(first(job), event -> {
            if (event.job().equals(job)) {
                listener.accept(event);
            }
        });
    }

    private synchronized int events() {
        return events.size();
    }

    private synchronized int first(JobId job) {
        return states.find(job).map(snapshot -> (int) snapshot.first()).orElse(events.size());
    }

    private Subscription follow(int start, Consumer<JobEvent> listener) {
        requireOpen();
        var follower = new Follower(start, listener);
        Daemons.thread("job-events", follower).start();
        return follower;
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private synchronized void requireOpen() {
        Require.that(!closed, "job log", "must be open", "closed");
    }

    private final class Follower implements Runnable, Subscription {

        private final Consumer<JobEvent> listener;
        private int next;
        private boolean left;

        Follower(int next, Consumer<JobEvent> listener) {
            this.next = next;
            this.listener = listener;
        }

        @Override
        public void run() {
            try {
                for (var event = await(); event.isPresent(); event = await()) {
                    listener.accept(event.get());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.error("a listener of job events failed and hears no more", e);
            }
        }

        @Override
        public void close() {
            synchronized (InMemoryJobLog.this) {
                left = true;
                InMemoryJobLog.this.notifyAll();
            }
        }

        /** Empty when there will be no more. */
        private Optional<JobEvent> await() throws InterruptedException {
            synchronized (InMemoryJobLog.this) {
                while (next == events.size() && !left && !closed) {
                    InMemoryJobLog.this.wait();
                }
                return left || closed ? Optional.empty() : Optional.of(events.get(next++));
            }
        }
    }
}
