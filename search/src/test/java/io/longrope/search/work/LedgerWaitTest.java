package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** What a task that every worker refuses waits for, and for how long. */
class LedgerWaitTest extends LedgerScene {

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
}
