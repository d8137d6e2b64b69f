package io.longrope.search.work;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.longrope.search.work.SampleTasks.task;

/** A ledger, what it orders and tells, and what happens to tasks in front of it. */
abstract class LedgerScene {

    static final Task TASK = task(1);
    static final int LIMIT = 3;
    static final Duration PATIENCE = Duration.ofMinutes(10);
    static final Duration MOMENT = Duration.ofMillis(1);

    final List<String> told = new ArrayList<>();
    final List<Again> again = new ArrayList<>();
    final List<TaskGivenUp> givenUp = new ArrayList<>();
    final Map<TaskId, Integer> deliveries = new HashMap<>();
    Ledger ledger = ledger(Optional.empty());
    Instant now = Instant.parse("2026-11-28T12:00:00Z");

    record Again(Task task, Set<String> failedAt, boolean alone) {
    }

    Ledger ledger(Optional<Duration> giveUpAfter) {
        var listener = new WaitListener() {
            @Override
            public void waits(Waiting waiting) {
                told.add(waiting.line());
            }

            @Override
            public void goesOn() {
                told.add("goes on");
            }
        };
        return new Ledger(new LedgerRules(LIMIT, giveUpAfter), listener, new Ledger.Orders() {
            @Override
            public void queueAgain(Task task, Set<String> failedAt, boolean alone) {
                again.add(new Again(task, failedAt, alone));
            }

            @Override
            public void giveUp(Task task, TaskGivenUp reason) {
                givenUp.add(reason);
            }
        });
    }

    void live(String... workers) {
        ledger.look(Map.of(TaskClass.SCORE, Set.of(workers)), now);
    }

    void queue(Task task) {
        ledger.queued(task.id(), task, delivery(task, deliveries.merge(task.id(), 1, Integer::sum)));
    }

    static String delivery(Task task, int number) {
        return task.id().brief() + "-" + number;
    }

    static Attempt attempt(Task task, int delivery, String worker, Attempt.Kind kind, String reason, long progress) {
        return new Attempt(task.id(), delivery(task, delivery), worker, kind, reason, Optional.empty(), progress, Instant.EPOCH);
    }

    /** The task is delivered once more, and this comes of it. */
    void happens(Task task, String worker, Attempt.Kind kind, String reason, long progress) {
        queue(task);
        ledger.attempt(attempt(task, deliveries.get(task.id()), worker, kind, reason, progress), now);
    }

    void happens(String worker, Attempt.Kind kind) {
        happens(TASK, worker, kind, kind.name(), 0);
    }

    void passes(Duration time) {
        now = now.plus(time);
    }

    static Again shared(String... failedAt) {
        return new Again(TASK, Set.of(failedAt), false);
    }

    static Again alone(String... failedAt) {
        return new Again(TASK, Set.of(failedAt), true);
    }
}
