package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What people are told of a broker that is away. */
class BrokerAbsenceTest {

    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final List<String> lines = new ArrayList<>();
    private final BrokerAbsence absence = new BrokerAbsence("kafka:9092", () -> now, lines::add, lines::add);

    @Test
    void itIsToldOnceAndOnceMoreEveryMinuteHoweverManyNoticeIt() {
        for (int second = 0; second < 130; second++) {
            absence.noticed("check the address");
            absence.noticed();
            now = now.plusSeconds(1);
        }
        assertThat(lines).containsExactly(
                "Kafka at kafka:9092 does not answer: this waits for it, and goes on when it comes; check the address",
                "Kafka at kafka:9092 has not answered for 1 minute: this waits for it, and goes on when it comes; check the address",
                "Kafka at kafka:9092 has not answered for 2 minutes: this waits for it, and goes on when it comes; check the address");
        absence.isOver();
        absence.isOver();
        assertThat(lines).hasSize(4).last().isEqualTo("Kafka at kafka:9092 answers, after 2 minutes");
        absence.noticed();
        assertThat(lines).hasSize(5).last().isEqualTo("Kafka at kafka:9092 does not answer: this waits for it, and goes on when it comes");
    }

    @Test
    void aBrokerThatNeverWasAwayIsNotToldOf() {
        absence.isOver();
        assertThat(lines).isEmpty();
    }

    @Test
    @Timeout(30)
    void aWaitMayHaveAnEnd() {
        assertThatThrownBy(() -> BrokerWait.await(KafkaSettings.at("127.0.0.1:1"), Optional.of(Duration.ZERO))).isInstanceOf(BadInput.class)
                .hasMessage("Kafka at 127.0.0.1:1 must answer within 0 s, but was silent; check the address, that a Kafka runs there "
                        + "(longrope broker --port 1 starts one), and that security.protocol fits its listener");
        assertThatThrownBy(() -> BrokerWait.await(KafkaSettings.at("nowhere.invalid:9092"), Optional.of(Duration.ZERO)))
                .isInstanceOf(BadInput.class)
                .hasMessageEndingWith("but was silent; no machine of that name is known here: check the address");
    }

    @Test
    @Timeout(30)
    void whatCannotBeAnAddressIsNotWaitedFor() {
        assertThatThrownBy(() -> BrokerWait.await(KafkaSettings.at("kafka"), Optional.empty())).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("Kafka at kafka must be reachable with settings that fit");
    }

    @Test
    @Timeout(60)
    void aBrokerThatAnswersIsNotWaitedFor() {
        assertThatCode(() -> BrokerWait.await(KafkaSettings.at(TestBroker.bootstrap()),
                Optional.of(Duration.ZERO))).doesNotThrowAnyException();
    }

    @Test
    void theWayOutOfSilenceStartsABrokerAtThatAddress() {
        Map.of("127.0.0.1:9295", "longrope broker --port 9295", "localhost:9092", "longrope broker",
                "kafka.lan:9092", "longrope broker --host kafka.lan", "10.0.0.7:1234", "longrope broker --host 10.0.0.7 --port 1234",
                "a:9092,b:9093", "longrope broker")
                .forEach((address, command) -> assertThat(KafkaFaults.adviceOnSilence(KafkaSettings.at(address)))
                        .contains("(" + command + " starts one)"));
    }

    @Test
    void kafkasOwnWordsForSilenceAreNotPassedOn() {
        assertThat(KafkaFaults.words(new TimeoutException("Timed out waiting for a node assignment. Call: describeFeatures")))
                .isEqualTo(KafkaFaults.words(new DisconnectException())).isEqualTo("the broker does not answer");
        assertThat(KafkaFaults.words(new UnknownServerException("disk full"))).isEqualTo("disk full");
    }
}
