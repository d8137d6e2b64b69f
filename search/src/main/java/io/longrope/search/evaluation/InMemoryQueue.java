package io.longrope.search.evaluation;

import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * A queue of evaluations and the journal of their scores, in one process: itself the driver's end, with a
 * {@link WorkQueue} for each worker that joins.
 */
public final class InMemoryQueue implements Evaluations {

    private final Map<EvaluationId, Score> journal;
    private final int deliveryLimit;
    private final Map<EvaluationId, CompletableFuture<Score>> awaited = new HashMap<>();
    private final Deque<Entry> waiting = new ArrayDeque<>();
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
    public synchronized CompletableFuture<Score> submit(Evaluation evaluation) {
        Require.that(!closed, "evaluations", "must be open", "closed");
        var id = evaluation.id();
        var known = journal.get(id);
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        return awaited.computeIfAbsent(id, absent -> {
            add(new Entry(evaluation, 0, Set.of()));
            return new CompletableFuture<>();
        }).copy();
    }

    /** A new worker's end of the queue. */
    public synchronized WorkQueue join(String worker) {
        var member = new Member(worker);
        members.add(member);
        return member;
    }

    @Override
    public void withdrawUnanswered() {
        List<CompletableFuture<Score>> unanswered;
        synchronized (this) {
            unanswered = List.copyOf(awaited.values());
            awaited.clear();
            waiting.clear();
            notifyAll();
        }
        unanswered.forEach(future -> future.completeExceptionally(new CancellationException("withdrawn")));
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        withdrawUnanswered();
    }

    private synchronized void add(Entry entry) {
        waiting.addLast(entry);
        notifyAll();
    }

    private void record(Score score) {
        CompletableFuture<Score> future;
        synchronized (this) {
            journal.putIfAbsent(score.id(), score);
            future = awaited.remove(score.id());
        }
        if (future != null) {
            future.complete(score);
        }
    }

    private synchronized boolean everybody(Set<Member> some) {
        return some.containsAll(members);
    }

    private synchronized boolean isKnown(EvaluationId id) {
        return journal.containsKey(id);
    }

    /**
     * @param deliveries how often it was handed out
     * @param refusedBy  who will not have it
     */
    private record Entry(Evaluation evaluation, int deliveries, Set<Member> refusedBy) {

        Entry withDeliveries(int deliveries) {
            return new Entry(evaluation, deliveries, refusedBy);
        }

        Entry refusedBy(Member member) {
            var all = new HashSet<>(refusedBy);
            all.add(member);
            return new Entry(evaluation, deliveries - 1, Set.copyOf(all));
        }
    }

    private final class Member implements WorkQueue {

        private final String worker;
        private final Set<Held> held = new HashSet<>();
        private boolean left;

        Member(String worker) {
            this.worker = worker;
        }

        @Override
        public Optional<Assignment> take(Duration timeout) throws InterruptedException {
            long deadline = System.nanoTime() + timeout.toNanos();
            synchronized (InMemoryQueue.this) {
                while (!left) {
                    var entry = next();
                    if (entry.isPresent()) {
                        var assignment = new Held(this, entry.get().withDeliveries(entry.get().deliveries() + 1));
                        held.add(assignment);
                        return Optional.of(assignment);
                    }
                    long millis = (deadline - System.nanoTime()) / 1_000_000;
                    if (millis <= 0) {
                        return Optional.empty();
                    }
                    InMemoryQueue.this.wait(millis);
                }
                return Optional.empty();
            }
        }

        /** The oldest entry this worker has not refused. */
        private Optional<Entry> next() {
            waiting.removeIf(entry -> isKnown(entry.evaluation().id()));
            var next = waiting.stream().filter(entry -> !entry.refusedBy().contains(this)).findFirst();
            next.ifPresent(waiting::remove);
            return next;
        }

        @Override
        public void close() {
            synchronized (InMemoryQueue.this) {
                left = true;
                members.remove(this);
                List.copyOf(held).forEach(Held::release);
                InMemoryQueue.this.notifyAll();
            }
        }
    }

    private final class Held implements WorkQueue.Assignment {

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
            synchronized (InMemoryQueue.this) {
                return !holder.held.contains(this);
            }
        }

        @Override
        public boolean isWithdrawn() {
            synchronized (InMemoryQueue.this) {
                return !awaited.containsKey(evaluation().id()) && !isKnown(evaluation().id());
            }
        }

        @Override
        public void complete(Score score) {
            Require.that(score.id().equals(evaluation().id()), "score.id", "must be the evaluation's", score.id());
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
                record(Score.givenUp(evaluation().id(), reason, holder.worker));
            }
        }

        private void addAgain(Entry copy) {
            if (!isWithdrawn()) {
                add(copy);
            }
        }

        private boolean letGo() {
            synchronized (InMemoryQueue.this) {
                return holder.held.remove(this);
            }
        }
    }
}
