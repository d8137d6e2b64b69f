package io.longrope.search.job;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Claims on the jobs of a log that lives in the same process. */
public final class InMemoryJobClaims implements AutoCloseable {

    private final InMemoryJobLog log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<JobId> taken = new HashSet<>();
    private final JobLog.Subscription subscription;

    public InMemoryJobClaims(InMemoryJobLog log) {
        this.log = log;
        this.subscription = log.follow(event -> locked(changed::signalAll));
    }

    /** A driver's own claims. */
    public JobClaims join() {
        return new Driver();
    }

    /** Stops listening to the log. */
    @Override
    public void close() {
        subscription.close();
    }

    private Optional<JobSubmission> free() {
        return log.submissions().stream()
                .filter(submission -> !taken.contains(submission.id()))
                .filter(submission -> log.state(submission.id()).filter(state -> !state.phase().hasEnded()).isPresent())
                .min(Comparator.comparingInt(submission -> -priority(submission)));
    }

    private int priority(JobSubmission submission) {
        return log.state(submission.id()).map(JobState::priority).orElse(JobState.USUAL_PRIORITY);
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    private final class Driver implements JobClaims {

        private final Set<Held> held = new HashSet<>();
        private boolean left;

        @Override
        public Optional<Claim> claim(Duration timeout) throws InterruptedException {
            long nanos = timeout.toNanos();
            lock.lockInterruptibly();
            try {
                var free = free();
                while (free.isEmpty() && nanos > 0 && !left) {
                    nanos = changed.awaitNanos(nanos);
                    free = free();
                }
                return left ? Optional.empty() : free.map(this::hold);
            } finally {
                lock.unlock();
            }
        }

        private Claim hold(JobSubmission submission) {
            var claim = new Held(this, submission);
            taken.add(submission.id());
            held.add(claim);
            return claim;
        }

        @Override
        public void close() {
            locked(() -> {
                left = true;
                Set.copyOf(held).forEach(Held::release);
                changed.signalAll();
            });
        }
    }

    private final class Held implements JobClaims.Claim {

        private final Driver driver;
        private final JobSubmission submission;

        Held(Driver driver, JobSubmission submission) {
            this.driver = driver;
            this.submission = submission;
        }

        @Override
        public JobSubmission submission() {
            return submission;
        }

        @Override
        public boolean isLost() {
            lock.lock();
            try {
                return !driver.held.contains(this);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void finish() {
            locked(() -> {
                // a job that ended without a result may be submitted again
                if (driver.held.remove(this) && log.state(submission.id()).filter(state -> state.phase().hasEnded()).isPresent()) {
                    taken.remove(submission.id());
                }
            });
        }

        @Override
        public void release() {
            locked(() -> {
                if (driver.held.remove(this)) {
                    taken.remove(submission.id());
                    changed.signalAll();
                }
            });
        }
    }
}
