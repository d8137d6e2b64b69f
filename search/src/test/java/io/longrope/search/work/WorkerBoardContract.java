package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;

/** What every board keeps to. */
public abstract class WorkerBoardContract {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    protected abstract WorkerBoard openBoard();

    private static WorkerStatus status(String worker, long evaluations) {
        return new WorkerStatus(worker, "q", "cpu", 1, 2, doing(), evaluations, 1.5, Optional.of("three failures in a row"),
                Map.of("score of 64 tokens with model", "no such model"), NOON.plusSeconds(evaluations));
    }

    private static Optional<WorkerStatus.Doing> doing() {
        return Optional.of(new WorkerStatus.Doing("job", SampleTasks.task(1).id(), "training",
                Optional.of(new WorkerStatus.Training(3, 400, 2.5))));
    }

    /** When they said so, a board may know better than the workers. */
    private static void assertShows(WorkerBoard board, WorkerStatus... expected) {
        assertThat(board.workers()).usingRecursiveFieldByFieldElementComparatorIgnoringFields("at").containsExactly(expected);
    }

    @Test
    void latestStatusOfEachWorkerShowsUntilItLeaves() {
        try (var board = openBoard()) {
            assertThat(board.workers()).isEmpty();
            board.report(status("b", 1));
            board.report(status("a", 1));
            board.report(status("b", 2));
            assertShows(board, status("a", 1), status("b", 2));
            board.leave(status("b", 3));
            assertShows(board, status("a", 1));
        }
    }

    @Test
    void heartbeatReportsAtOnceAndLeaves() throws InterruptedException {
        try (var board = openBoard()) {
            var heartbeat = Heartbeat.start(board, () -> status("a", 1), Duration.ofHours(1));
            for (int i = 0; i < 400 && board.workers().isEmpty(); i++) {
                Thread.sleep(25);
            }
            assertShows(board, status("a", 1));
            heartbeat.close();
            assertThat(board.workers()).isEmpty();
        }
    }

    @Test
    void workerThatIsAboutToEndSaysSoBeforeItHasEnded() throws InterruptedException {
        try (var board = openBoard(); var heartbeat = Heartbeat.start(board, () -> status("a", 1), Duration.ofHours(1))) {
            heartbeat.leave();
            for (int i = 0; i < 400 && board.workers().stream().noneMatch(WorkerStatus::hasSaidGoodbye); i++) {
                Thread.sleep(25);
            }
            assertShows(board, status("a", 1).leaving());
        }
    }

    @Test
    void silenceIsMeasuredFromTheLastStatus() {
        assertThat(status("a", 0).isSilent(NOON.plusSeconds(30), Duration.ofSeconds(30))).isFalse();
        assertThat(status("a", 0).isSilent(NOON.plusSeconds(31), Duration.ofSeconds(30))).isTrue();
    }
}
