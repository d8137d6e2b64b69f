package io.longrope.search.work;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Optional;

import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** What follows each kind of attempt, and where the bounds are. */
class LedgerTest extends LedgerScene {

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
