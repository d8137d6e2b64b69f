package io.longrope.search.work;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** What follows each kind of attempt, and where the bounds are. */
class LedgerTest {

    private static final Task TASK = task(1);
    private static final int LIMIT = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final List<String> told = new ArrayList<>();
    private final List<Again> again = new ArrayList<>();
    private final List<TaskGivenUp> givenUp = new ArrayList<>();
    private final Map<TaskId, Integer> deliveries = new HashMap<>();
    private Ledger ledger = ledger(Optional.empty());
    private Instant now = Instant.parse("2026-11-28T12:00:00Z");

    private record Again(Task task, Set<String> failedAt, boolean alone) {
    }

    private Ledger ledger(Optional<Duration> giveUpAfter) {
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

    private void live(String... workers) {
        ledger.look(Map.of(TaskClass.SCORE, Set.of(workers)), now);
    }

    private void queue(Task task) {
        ledger.queued(task, delivery(task, deliveries.merge(task.id(), 1, Integer::sum)));
    }

    private static String delivery(Task task, int number) {
        return task.id().brief() + "-" + number;
    }

    private static Attempt attempt(Task task, int delivery, String worker, Attempt.Kind kind, String reason, long progress) {
        return new Attempt(task.id(), delivery(task, delivery), worker, kind, reason, Optional.empty(), progress, Instant.EPOCH);
    }

    /** The task is delivered once more, and this comes of it. */
    private void happens(Task task, String worker, Attempt.Kind kind, String reason, long progress) {
        queue(task);
        ledger.attempt(attempt(task, deliveries.get(task.id()), worker, kind, reason, progress), now);
    }

    private void happens(String worker, Attempt.Kind kind) {
        happens(TASK, worker, kind, kind.name(), 0);
    }

    private void passes(Duration time) {
        now = now.plus(time);
    }

    private static Again shared(String... failedAt) {
        return new Again(TASK, Set.of(failedAt), false);
    }

    private static Again alone(String... failedAt) {
        return new Again(TASK, Set.of(failedAt), true);
    }

    @ParameterizedTest
    @EnumSource(value = Attempt.Kind.class, names = {"REFUSED", "OUT_OF_MEMORY"})
    void whatOneRefusesIsForTheOthersUntilAllHaveRefused(Attempt.Kind kind) {
        live("a", "b");
        happens("a", kind);
        assertThat(again).containsExactly(shared());
        assertThat(told).isEmpty();
        happens(TASK, "b", kind, "no such text", 0);
        assertThat(again).hasSize(1);
        assertThat(told).containsExactly("score of 64 tokens: a says " + kind + "; b says no such text");
        assertThat(givenUp).isEmpty();
    }

    @Test
    void refusalsNeverCount() {
        live("a", "b");
        for (int i = 0; i < 10 * LIMIT; i++) {
            happens("a", Attempt.Kind.REFUSED);
        }
        assertThat(givenUp).isEmpty();
        assertThat(again).hasSize(10 * LIMIT);
    }

    @Test
    void waitingTaskGoesOnWhenAWorkerComes() {
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        passes(Duration.ofSeconds(1));
        live("a");
        assertThat(again).isEmpty();
        live("a", "b");
        assertThat(again).containsExactly(shared());
        queue(TASK);
        assertThat(told).hasSize(1);
        ledger.answered(result(TASK, "b"));
        assertThat(told).hasSize(2).endsWith("goes on");
        assertThat(ledger.deliveries()).isEmpty();
    }

    /** Refused before anybody has counted the workers: the next look finds those that were not asked. */
    @Test
    void workersCountedLaterAreAskedToo() {
        happens("a", Attempt.Kind.REFUSED);
        assertThat(again).isEmpty();
        live("a", "b");
        assertThat(again).containsExactly(shared());
    }

    @Test
    void taskGoesOnWhenTheLastWorkerThatHadNotRefusedItLeaves() {
        live("a", "b");
        happens("a", Attempt.Kind.REFUSED);
        live("a");
        queue(TASK);
        ledger.attempt(attempt(TASK, 2, "a", Attempt.Kind.REFUSED, "still not", 0), now);
        assertThat(told).containsExactly("score of 64 tokens: a says still not");
    }

    @Test
    void onlyWorkersThatServeTheClassAreAsked() {
        ledger.look(Map.of(TaskClass.SCORE, Set.of("a"), TaskClass.TRAIN, Set.of("a", "trains only")), now);
        happens("a", Attempt.Kind.REFUSED);
        assertThat(again).isEmpty();
        assertThat(told).hasSize(1);
    }

    @Test
    void reasonsOfWorkersThatAreGoneAreForgotten() {
        live("1", "2", "3", "4", "5", "6", "7");
        for (int i = 1; i <= 7; i++) {
            happens(TASK, String.valueOf(i), Attempt.Kind.REFUSED, "no", 0);
        }
        assertThat(told).containsExactly("score of 64 tokens: 1 says no; 2 says no; 3 says no; 4 says no; 5 says no; 6 says no; 7 says no");
        live("2", "3");
        assertThat(told).endsWith("score of 64 tokens: 2 says no; 3 says no");
        live();
        assertThat(told).hasSize(2);
    }

    /** A model put where it belongs is found without a worker coming or going. */
    @Test
    void waitingTasksAreOfferedAgainEachMinuteAFewAtATimeAndInTurn() {
        live("a");
        for (int i = 1; i <= 6; i++) {
            happens(task(i), "a", Attempt.Kind.REFUSED, "no", 0);
        }
        passes(Ledger.PROBE.minus(MOMENT));
        live("a");
        assertThat(again).isEmpty();
        passes(MOMENT);
        live("a");
        live("a");
        assertThat(again).extracting(Again::task).containsExactly(task(1), task(2), task(3), task(4));
        for (int i = 1; i <= 4; i++) {
            happens(task(i), "a", Attempt.Kind.REFUSED, "no", 0);
        }
        passes(Ledger.PROBE);
        again.clear();
        live("a");
        assertThat(again).extracting(Again::task).containsExactly(task(5), task(6), task(1), task(2));
        assertThat(told).as("that nothing has changed is not told").hasSize(1);
    }

    @Test
    void nothingIsOfferedWhereNobodyIs() {
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        passes(Ledger.PROBE.multipliedBy(3));
        live();
        assertThat(again).isEmpty();
    }

    @Test
    void whatAWorkerRefusedItIsAskedAgainOnceItHasDoneATask() {
        live("a");
        for (int i = 1; i <= 6; i++) {
            happens(task(i), "a", Attempt.Kind.REFUSED, "no", 0);
        }
        ledger.answered(result(task(3), "somebody else"));
        assertThat(again).isEmpty();
        queue(task(1));
        ledger.answered(result(task(1), "a"));
        assertThat(again).extracting(Again::task).containsExactly(task(2), task(4), task(5), task(6));
    }

    @Test
    void patienceEndsTheWait() {
        ledger = ledger(Optional.of(PATIENCE));
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        passes(PATIENCE.minus(MOMENT));
        live();
        assertThat(givenUp).isEmpty();
        passes(MOMENT);
        live();
        assertThat(givenUp).singleElement().satisfies(reason -> {
            assertThat(reason.task()).isEqualTo(TASK);
            assertThat(reason).hasMessage("score of 64 tokens given up, for no worker could do it for 600 s: a says REFUSED");
            assertThat(reason.attempts()).hasSize(1);
        });
        assertThat(told).hasSize(2).endsWith("goes on");
    }

    /** Training that nobody could do at first may take longer than anybody would wait for a worker. */
    @Test
    void patienceDoesNotEndWhatAWorkerThatCameIsDoing() {
        ledger = ledger(Optional.of(PATIENCE));
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        live("a", "b");
        queue(TASK);
        passes(PATIENCE.multipliedBy(9));
        live("a", "b");
        assertThat(givenUp).isEmpty();
        ledger.attempt(attempt(TASK, 2, "b", Attempt.Kind.REFUSED, "neither", 0), now);
        live("a", "b");
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void patienceOfNothingGivesUpAtTheNextLook() {
        ledger = ledger(Optional.of(Duration.ZERO));
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        assertThat(givenUp).isEmpty();
        live("a");
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void withoutALimitOfPatienceTheWaitNeverEnds() {
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        passes(Duration.ofDays(1000));
        live("a");
        assertThat(givenUp).isEmpty();
    }

    @Test
    void whatFailedIsTriedElsewhereAndAloneUntilTheLimit() {
        live("a", "b");
        happens("a", Attempt.Kind.FAILED);
        happens("b", Attempt.Kind.FAILED);
        assertThat(again).as("where everybody failed anybody may try again").containsExactly(alone("a"), alone());
        assertThat(givenUp).isEmpty();
        happens("a", Attempt.Kind.FAILED);
        assertThat(again).hasSize(2);
        assertThat(givenUp).singleElement().satisfies(reason -> {
            assertThat(reason).hasMessage("score of 64 tokens given up after 3 deliveries: FAILED");
            assertThat(reason.attempts()).extracting(Attempt::worker).containsExactly("a", "b", "a");
        });
        assertThat(ledger.deliveries()).isEmpty();
    }

    /** What was lost may be what killed its worker: it takes no other task with it again. */
    @Test
    void whatWasLostIsTriedAloneAndCountsAsAFailure() {
        live("a", "b");
        happens("a", Attempt.Kind.LOST);
        happens("b", Attempt.Kind.FAILED);
        assertThat(again).containsExactly(alone(), alone("b"));
        happens("a", Attempt.Kind.LOST);
        assertThat(givenUp).hasSize(1);
    }

    @Test
    void failuresAndRefusalsOfOneTaskDoNotMixUp() {
        live("a", "b");
        happens("a", Attempt.Kind.REFUSED);
        happens("b", Attempt.Kind.FAILED);
        assertThat(again).as("nobody else is left").containsExactly(shared(), alone());
        happens("b", Attempt.Kind.FAILED);
        happens("b", Attempt.Kind.FAILED);
        assertThat(givenUp).hasSize(1);
        assertThat(told).isEmpty();
    }

    /** Somebody tries it, so it is not for want of workers that it is not done. */
    @Test
    void failureEndsTheWait() {
        ledger = ledger(Optional.of(PATIENCE));
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        live("a", "b");
        happens("b", Attempt.Kind.FAILED);
        assertThat(told).hasSize(2).endsWith("goes on");
        passes(PATIENCE);
        live("a", "b");
        assertThat(givenUp).isEmpty();
    }

    @Test
    void releasedTasksComeAgainAndThatNeverCounts() {
        live("a", "b");
        for (int i = 0; i < 10 * LIMIT; i++) {
            happens("a", Attempt.Kind.RELEASED);
        }
        assertThat(again).hasSize(10 * LIMIT).containsOnly(shared());
        assertThat(givenUp).isEmpty();
    }

    @Test
    void deliveriesAfterWhichLessTrainingIsLeftDoNotCount() {
        live("a", "b");
        for (int steps = 10; steps <= 100; steps += 10) {
            happens(TASK, "a", steps % 20 == 0 ? Attempt.Kind.LOST : Attempt.Kind.FAILED, "", steps);
        }
        happens(TASK, "a", Attempt.Kind.LOST, "", 100);
        happens(TASK, "a", Attempt.Kind.FAILED, "", 90);
        assertThat(givenUp).isEmpty();
        happens(TASK, "a", Attempt.Kind.LOST, "", 101);
        assertThat(givenUp).isEmpty();
        happens(TASK, "a", Attempt.Kind.LOST, "", 101);
        assertThat(givenUp).singleElement().satisfies(reason -> assertThat(reason).hasMessageContaining("after 3 deliveries"));
    }

    @Test
    void eachRunBeginsWithACleanLedger() {
        live("a");
        happens("a", Attempt.Kind.FAILED);
        happens("a", Attempt.Kind.FAILED);
        ledger = ledger(Optional.empty());
        live("a");
        happens("a", Attempt.Kind.FAILED);
        happens("a", Attempt.Kind.FAILED);
        assertThat(givenUp).isEmpty();
    }

    @Test
    void clearedItTellsThatNothingWaits() {
        live("a");
        happens("a", Attempt.Kind.REFUSED);
        ledger.clear();
        assertThat(told).hasSize(2).endsWith("goes on");
        passes(Ledger.PROBE);
        live("a", "b");
        assertThat(again).isEmpty();
    }

    /** Records are delivered twice at times, and acknowledgements get lost. */
    @Test
    void eachDeliveryIsJudgedOnce() {
        live("a", "b");
        queue(TASK);
        var failed = attempt(TASK, 1, "a", Attempt.Kind.FAILED, "broken", 0);
        for (int i = 0; i < 2 * LIMIT; i++) {
            ledger.attempt(failed, now);
        }
        assertThat(again).hasSize(1);
        queue(TASK);
        ledger.attempt(failed, now);
        assertThat(again).hasSize(1);
        assertThat(ledger.deliveries()).containsExactly(delivery(TASK, 2));
        assertThat(ledger.tasksOf(delivery(TASK, 2))).containsExactly(TASK.id());
        ledger.attempt(attempt(task(2), 1, "a", Attempt.Kind.FAILED, "of another run", 0), now);
        assertThat(again).hasSize(1);
    }

    @Test
    void attemptsAfterTheResultChangeNothing() {
        live("a");
        queue(TASK);
        ledger.answered(result(TASK, "a"));
        ledger.attempt(attempt(TASK, 1, "b", Attempt.Kind.LOST, "late", 0), now);
        assertThat(again).isEmpty();
        assertThat(givenUp).isEmpty();
    }

    @Test
    void workersThatOnlyRefuseAreNotServed() {
        live("a", "b", "c");
        assertThat(ledger.useful(TaskClass.SCORE)).isEqualTo(3);
        assertThat(ledger.useful(TaskClass.TRAIN)).isZero();
        happens("a", Attempt.Kind.REFUSED);
        happens("b", Attempt.Kind.OUT_OF_MEMORY);
        assertThat(ledger.useful(TaskClass.SCORE)).isEqualTo(1);
        happens("a", Attempt.Kind.FAILED);
        ledger.answered(result(task(9), "b"));
        assertThat(ledger.useful(TaskClass.SCORE)).isEqualTo(3);
    }
}
