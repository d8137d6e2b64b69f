package io.longrope.search.kafka;

import io.longrope.search.work.WorkerBoard;
import io.longrope.search.work.WorkerBoardContract;
import io.longrope.search.work.WorkerStatus;
import org.apache.kafka.common.KafkaException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class KafkaWorkerBoardTest extends WorkerBoardContract {

    private final KafkaSettings settings = TestBroker.fresh();

    @Override
    protected WorkerBoard openBoard() {
        return KafkaWorkerBoard.open(settings);
    }

    @ParameterizedTest
    @ValueSource(longs = {-5, 5})
    void aWorkerWhoseClockIsHoursOffIsHeardOfWhenItIs(long hours) {
        var status = new WorkerStatus("w", "q", "cpu", 0, 0, Optional.empty(), 0, 0, Optional.empty(), Map.of(),
                Instant.now().plus(Duration.ofHours(hours)));
        try (var board = openBoard()) {
            board.report(status);
            assertThat(board.workers()).singleElement().extracting(WorkerStatus::at, InstanceOfAssertFactories.INSTANT)
                    .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        }
    }

    /** A worker that is told to stop must not wait for a broker that is away. */
    @Test
    @Timeout(60)
    void leavingDoesNotWaitForABrokerThatIsAway() {
        var status = new WorkerStatus("w", "q", "cpu", 0, 0, Optional.empty(), 0, 0, Optional.empty(), Map.of(), Instant.EPOCH);
        try (var board = KafkaWorkerBoard.open(KafkaSettings.at("127.0.0.1:1"))) {
            assertThatThrownBy(() -> board.leave(status)).isInstanceOf(KafkaException.class)
                    .hasMessageContaining("the broker does not answer");
        }
    }
}
