package io.longrope.search.work;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Judges what happens to the tasks of one run of a job; the next run begins a ledger of its own. It is told of queued tasks,
 * attempts, results and live workers, and orders which tasks to queue again and which to give up:
 *
 * <ul>
 * <li>refused or out of memory: again, for others. Once every live worker refused it, the task waits: until a worker comes that
 *     has not refused it, or one that had refused a task gives a result of it after all. Once a minute some of the waiting tasks
 *     are offered to all workers again.</li>
 * <li>failed or lost: again, elsewhere while there is a live worker where it has not failed, up to the limit of the rules, and
 *     in a delivery of its own, for it may be what kills workers. An attempt after which less training is left does not count.</li>
 * <li>released: again; does not count.</li>
 * </ul>
 *
 * <p>No threads and no clock: the caller gives the time. Not thread-safe.
 */
final class Ledger {

    /** Between two times that waiting tasks are offered to workers that refused them. */
    static final Duration PROBE = Duration.ofMinutes(1);
    /** Waiting tasks offered at a time. Where one is done after all, the others follow. */
    private static final int PROBES = 4;

    private final LedgerRules rules;
    private final WaitListener listener;
    private final Orders orders;
    /** The oldest first. */
    private final Map<TaskId, TaskAccount> accounts = new LinkedHashMap<>();
    /** Of these, those that began to wait: as a rule none, so that a result costs the same however many tasks are open. */
    private final Set<TaskAccount> waiting = new LinkedHashSet<>();
    /** Workers whose last word was a refusal. */
    private final Set<String> refusing = new HashSet<>();
    /** Who takes tasks of each class. */
    private Map<TaskClass, Set<String>> live = Map.of();
    private Optional<Instant> probed = Optional.empty();
    private Optional<Waiting> told = Optional.empty();

    Ledger(LedgerRules rules, WaitListener listener, Orders orders) {
        this.rules = rules;
        this.listener = listener;
        this.orders = orders;
    }

    /** What is done with its decisions. Called while it decides: must not call back. */
    interface Orders {

        /**
         * @param failedAt workers that should leave it to others
         * @param alone    whether it is to travel without other tasks
         */
        void queueAgain(Task task, Set<String> failedAt, boolean alone);

        /** @param reason with the attempts that led to it */
        void giveUp(Task task, TaskGivenUp reason);
    }

    /** The task is in the queue now. Of earlier deliveries only a result counts. */
    void queued(TaskId id, Task task, String delivery) {
        var account = accounts.computeIfAbsent(id, absent -> new TaskAccount(id, task));
        account.queued(delivery);
    }

    /** The deliveries that have not been judged, those of the oldest tasks first. */
    Set<String> deliveries() {
        return accounts.values().stream().flatMap(account -> account.delivery().stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** The tasks that came with a delivery and have been neither answered nor judged. */
    List<TaskId> tasksOf(String delivery) {
        return accounts.values().stream().filter(account -> account.isIn(delivery)).map(TaskAccount::id).toList();
    }

    /**
     * An attempt at a delivery that was judged already, or is not of this run, changes nothing.
     *
     * @return whether it was one of this run that had not been judged
     */
    boolean attempt(Attempt attempt, Instant now) {
        var account = accounts.get(attempt.task());
        if (account == null || !account.isIn(attempt.delivery())) {
            return false;
        }
        account.judge(attempt);
        switch (attempt.kind()) {
            case REFUSED, OUT_OF_MEMORY -> refusing.add(attempt.worker());
            case FAILED -> refusing.remove(attempt.worker());
            case LOST, RELEASED -> { }
        }
        if (account.counted() >= rules.limit()) {
            giveUp(account, "given up after " + account.counted() + " deliveries: " + attempt.reason());
        } else if (account.isRefusedBy(workers(account))) {
            account.park(now);
            waiting.add(account);
        } else {
            queue(account);
        }
        tell();
        return true;
    }

    /** The task has its result. What its worker refused before it may do now. */
    void answered(Result result) {
        var account = accounts.remove(result.id());
        waiting.remove(account);
        refusing.remove(result.worker());
        if (account != null && account.wasRefusedBy(result.worker())) {
            waiting().forEach(waiting -> {
                waiting.forgive(result.worker());
                if (waiting.isParked()) {
                    queue(waiting);
                }
            });
        }
        tell();
    }

    /** Nobody waits for anything any more. */
    void clear() {
        accounts.clear();
        waiting.clear();
        tell();
    }

    /**
     * To be called from time to time, and when workers came or went: decides what becomes of tasks that wait.
     *
     * @param live the instances that take tasks now, by class
     */
    void look(Map<TaskClass, Set<String>> live, Instant now) {
        this.live = live;
        refusing.removeIf(worker -> live.values().stream().noneMatch(workers -> workers.contains(worker)));
        for (var account : waiting()) {
            account.forgetAllBut(workers(account));
            if (!account.isParked()) {
                continue;
            }
            var since = account.waitsSince().orElseThrow();
            if (rules.giveUpAfter().filter(patience -> !now.isBefore(since.plus(patience))).isPresent()) {
                giveUp(account, "given up, for no worker could do it for " + rules.giveUpAfter().orElseThrow()
                        .toSeconds() + " s: " + account.waiting().said());
            } else if (!account.isRefusedBy(workers(account))) {
                queue(account);
            }
        }
        probe(now);
        tell();
    }

    /** Offers those again that were not offered for the longest time. */
    private void probe(Instant now) {
        if (probed.filter(last -> now.isBefore(last.plus(PROBE))).isPresent()) {
            return;
        }
        waiting().stream().filter(account -> account.isParked() && !workers(account).isEmpty())
                .filter(account -> !now.isBefore(account.offered().plus(PROBE)))
                .sorted(Comparator.comparing(TaskAccount::offered)).limit(PROBES).forEach(account -> {
            probed = Optional.of(now);
            account.offerToAll(now);
            queue(account);
        });
    }

    /** How many take tasks of a class and do not only refuse those of this run. */
    int useful(TaskClass taskClass) {
        return (int) live.getOrDefault(taskClass, Set.of()).stream().filter(worker -> !refusing.contains(worker)).count();
    }

    private Set<String> workers(TaskAccount account) {
        return live.getOrDefault(account.task().taskClass(), Set.of());
    }

    private void queue(TaskAccount account) {
        var leaveIt = account.queueAgain(workers(account));
        orders.queueAgain(account.task(), leaveIt, account.hasBroken());
    }

    private void giveUp(TaskAccount account, String reason) {
        accounts.remove(account.id());
        waiting.remove(account);
        orders.giveUp(account.task(), new TaskGivenUp(account.task(), account.attempts(), account.task().describe() + " " + reason));
    }

    /** The oldest tasks first. */
    private List<TaskAccount> waiting() {
        waiting.removeIf(account -> account.waitsSince().isEmpty());
        return waiting.size() < 2 ? List.copyOf(waiting) : accounts.values().stream().filter(waiting::contains).toList();
    }

    private void tell() {
        var waiting = waiting().stream().findFirst().map(TaskAccount::waiting);
        if (waiting.equals(told)) {
            return;
        }
        told = waiting;
        waiting.ifPresentOrElse(listener::waits, listener::goesOn);
    }
}
