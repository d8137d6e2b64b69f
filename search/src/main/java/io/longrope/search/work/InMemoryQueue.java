package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A queue of evaluations and the journal of their scores, in one process: itself the driver's end, with a
 * {@link EvaluationQueue} for each worker that joins.
 */
public final class InMemoryQueue implements Evaluations {

    private final Map<EvaluationId, Score> journal;
    private final int deliveryLimit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<EvaluationId, CompletableFuture<Score>> awaited = new HashMap<>();
    /** By id, the oldest first; none whose score is known. */
    private final Map<EvaluationId, Entry> waiting = new LinkedHashMap<>();
    private final Set<Member> members = new HashSet<>();
    private boolean closed;

    /**
     * @param journal       scores known already; scores found are added to it
     * @param deliveryLimit deliveries after which an evaluation is given up, at least 1
     */
    public InMemoryQueue(Map<EvaluationId, Score> journal, int deliveryLimit) {
        this.journal = journal;
        this.deliveryLimit = Require.atLeast(1, deliveryLimit, "deliveryLimit");
    }

    @Override
    public CompletableFuture<Score> submit(Evaluation evaluation) {
        var id = evaluation.id();
        lock.lock();
        try {
            Require.that(!closed, "evaluations", "must be open", "closed");
            var known = journal.get(id);
            if (known != null) {
                return CompletableFuture.completedFuture(known);
            }
            return awaited.computeIfAbsent(id, absent -> {
                add(new Entry(id, evaluation, 0, Set.of()));
                return new CompletableFuture<>();
            }).copy();
        } finally {
            lock.unlock();
        }
    }

    /** A new worker's end of the queue. */
    public EvaluationQueue join(String worker) {
        var member = new Member(worker);
        return locked(() -> {
            members.add(member);
            return member;
        });
    }

    @Override
    public void withdrawUnanswered() {
        var unanswered = locked(() -> {
            var open = List.copyOf(awaited.values());
            awaited.clear();
            waiting.clear();
            return open;
        });
        unanswered.forEach(future -> future.completeExceptionally(new CancellationException("withdrawn")));
    }

    @Override
    public void close() {
        locked(() -> closed = true);
        withdrawUnanswered();
    }

    /** Wakes one worker, or all when some will not have it. */
    private void add(Entry entry) {
        waiting.putIfAbsent(entry.id, entry);
        if (entry.refusedBy.isEmpty()) {
            changed.signal();
        } else {
            changed.signalAll();
        }
    }

    private void record(Score score) {
        var future = locked(() -> {
            journal.putIfAbsent(score.id(), score);
            waiting.remove(score.id());
            return Optional.ofNullable(awaited.remove(score.id()));
        });
        future.ifPresent(one -> one.complete(score));
    }

    private boolean everybody(Set<Member> some) {
        return locked(() -> some.containsAll(members));
    }

    private <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /**
     * @param deliveries how often it was handed out
     * @param refusedBy  who will not have it
     */
    private record Entry(EvaluationId id, Evaluation evaluation, int deliveries, Set<Member> refusedBy) {

        Entry withDeliveries(int deliveries) {
            return new Entry(id, evaluation, deliveries, refusedBy);
        }

        Entry refusedBy(Member member) {
            var all = new HashSet<>(refusedBy);
            all.add(member);
            return new Entry(id, evaluation, deliveries - 1, Set.copyOf(all));
        }
    }

    private final class Member implements EvaluationQueue {

        private final String worker;
        private final Set<Held> held = new HashSet<>();
        private boolean left;

        Member(String worker) {
            this.worker = worker;
        }

        @Override
        public Optional<Assignment> take(Duration timeout) throws InterruptedException {
            long nanos = timeout.toNanos();
            lock.lockInterruptibly();
            try {
                while (!left) {
                    var entry = next();
                    if (entry.isPresent()) {
                        waiting.remove(entry.get().id);
                        var assignment = new Held(this, entry.get().withDeliveries(entry.get().deliveries + 1));
                        held.add(assignment);
                        return Optional.of(assignment);
                    }
                    if (nanos <= 0) {
                        return Optional.empty();
                    }
                    nanos = changed.awaitNanos(nanos);
                }
                // it may have been woken for an entry that another must have now
                changed.signal();
                return Optional.empty();
            } finally {
                lock.unlock();
            }
        }

        /** The oldest entry this worker has not refused. */
        private Optional<Entry> next() {
            return waiting.values().stream().filter(entry -> !entry.refusedBy.contains(this)).findFirst();
        }

        @Override
        public void close() {
            locked(() -> {
                left = true;
                members.remove(this);
                List.copyOf(held).forEach(Held::release);
                changed.signalAll();
                return null;
            });
        }
    }

    private final class Held implements EvaluationQueue.Assignment {

        private final Member holder;
        private final Entry entry;

        Held(Member holder, Entry entry) {
            this.holder = holder;
            this.entry = entry;
        }

        @Override
        public Evaluation evaluation() {
            return entry.evaluation();
        }

        @Override
        public int deliveryCount() {
            return entry.deliveries();
        }

        @Override
        public boolean isLost() {
            return locked(() -> !holder.held.contains(this));
        }

        @Override
        public boolean isWithdrawn() {
            return locked(() -> !awaited.containsKey(entry.id) && !journal.containsKey(entry.id));
        }

        @Override
        public void complete(Score score) {
            Require.that(score.id().equals(entry.id), "score.id", "must be the evaluation's", score.id());
            letGo();
            record(score);
        }

        @Override
        public void release() {
            if (letGo()) {
                addAgain(entry.withDeliveries(entry.deliveries() - 1));
            }
        }

        @Override
        public void refuse(String reason) {
            var refused = entry.refusedBy(holder);
            if (everybody(refused.refusedBy())) {
                reject(reason);
            } else if (letGo()) {
                addAgain(refused);
            }
        }

        @Override
        public void fail(String reason) {
            if (entry.deliveries() >= deliveryLimit) {
                reject(reason);
            } else if (letGo()) {
                addAgain(entry);
            }
        }

        @Override
        public void reject(String reason) {
            if (letGo()) {
                record(Score.givenUp(entry.id, reason, holder.worker));
            }
        }

        /** What has a score by now, or nobody waits for, is not. */
        private void addAgain(Entry copy) {
            locked(() -> {
                if (awaited.containsKey(entry.id)) {
                    add(copy);
                }
                return null;
            });
        }

        private boolean letGo() {
            return locked(() -> holder.held.remove(this));
        }
    }
}
