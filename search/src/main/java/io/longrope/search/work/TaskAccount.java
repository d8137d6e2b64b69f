package io.longrope.search.work;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What happened to a task in one run of a job: where it is, who refused it, where it failed. The {@link Ledger} decides by it. */
final class TaskAccount {

    private static final int ATTEMPTS_KEPT = 20;

    private final TaskId id;
    private final Task task;
    private final List<Attempt> attempts = new ArrayList<>();
    /** Who has refused it since it was last offered to all, and why. */
    private final Map<String, String> refusals = new TreeMap<>();
    /** Who ever refused it, and why last. */
    private final Map<String, String> reasons = new TreeMap<>();
    private final Set<String> failedAt = new HashSet<>();
    /** The one that has not been judged. */
    private Optional<String> delivery = Optional.empty();
    private int counted;
    private long progress;
    /** Set from when every worker had refused it until one did it or broke it. */
    private Optional<Instant> waitsSince = Optional.empty();
    /** Waits and is in no queue. */
    private boolean parked;
    /** While it waits: when it began to, or was last offered to all. */
    private Instant offered = Instant.MIN;
    private boolean hasBroken;

    TaskAccount(TaskId id, Task task) {
        this.id = id;
        this.task = task;
    }

    TaskId id() {
        return id;
    }

    Task task() {
        return task;
    }

    /** Of many the last. */
    List<Attempt> attempts() {
        return attempts;
    }

    void queued(String delivery) {
        this.delivery = Optional.of(delivery);
    }

    /** The one that has not been judged. */
    Optional<String> delivery() {
        return delivery;
    }

    boolean isIn(String delivery) {
        return this.delivery.filter(delivery::equals).isPresent();
    }

    /** Takes in what became of its delivery. */
    void judge(Attempt attempt) {
        delivery = Optional.empty();
        attempts.add(attempt);
        if (attempts.size() > ATTEMPTS_KEPT) {
            attempts.remove(0);
        }
        switch (attempt.kind()) {
            case REFUSED, OUT_OF_MEMORY -> {
                refusals.put(attempt.worker(), attempt.reason());
                reasons.put(attempt.worker(), attempt.reason());
            }
            case FAILED -> {
                failedAt.add(attempt.worker());
                waitsSince = Optional.empty();
                count(attempt);
            }
            case LOST -> count(attempt);
            case RELEASED -> { }
        }
    }

    private void count(Attempt attempt) {
        hasBroken = true;
        if (attempt.progress() > progress) {
            progress = attempt.progress();
        } else {
            counted++;
        }
    }

    /** Attempts that count to the limit: those after which as much of it is left as before. */
    int counted() {
        return counted;
    }

    /** It failed or was lost, so it may be what kills workers. */
    boolean hasBroken() {
        return hasBroken;
    }

    /** Since it was last offered to all, by each of these and maybe others. */
    boolean isRefusedBy(Set<String> workers) {
        return !refusals.isEmpty() && refusals.keySet().containsAll(workers);
    }

    boolean wasRefusedBy(String worker) {
        return reasons.containsKey(worker);
    }

    /** It may be able to do it now. */
    void forgive(String worker) {
        refusals.remove(worker);
    }

    /** Workers that are gone need not be named, while others are there to name. */
    void forgetAllBut(Set<String> live) {
        if (live.stream().anyMatch(reasons::containsKey)) {
            reasons.keySet().retainAll(live);
        }
    }

    void park(Instant now) {
        parked = true;
        if (waitsSince.isEmpty()) {
            waitsSince = Optional.of(now);
            offered = now;
        }
    }

    boolean isParked() {
        return parked;
    }

    Optional<Instant> waitsSince() {
        return waitsSince;
    }

    /** While it waits: when it began to, or was last offered to all. */
    Instant offered() {
        return offered;
    }

    /** Those that refused it too. */
    void offerToAll(Instant now) {
        offered = now;
        refusals.clear();
    }

    /**
     * It waits no longer, if it did.
     *
     * @param live who takes such tasks
     * @return where it failed: who should leave it to others, as long as there are others
     */
    Set<String> queueAgain(Set<String> live) {
        parked = false;
        var unspoilt = new HashSet<>(live);
        unspoilt.removeAll(refusals.keySet());
        unspoilt.removeAll(failedAt);
        if (unspoilt.isEmpty()) {
            failedAt.clear();
        }
        return Set.copyOf(failedAt);
    }

    /** At least one worker has refused it. */
    Waiting waiting() {
        return Waiting.of(task, reasons);
    }
}
