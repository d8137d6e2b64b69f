package io.longrope.search.kafka;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** No broker is there; a wait that has no end ends the test by its time limit. */
@Timeout(60)
class ClientsTest {

    private final KafkaProducer<byte[], byte[]> producer = Clients.producer(KafkaSettings.at("127.0.0.1:1"));

    @AfterEach
    void close() {
        producer.close(Duration.ZERO);
    }

    @Test
    void threadInterruptedBeforeItSendsWaitsForSeconds() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> Clients.send(producer, "longrope.scores", "key", new byte[1]))
                .isInstanceOf(KafkaException.class).hasMessage("cannot write to longrope.scores: the broker does not answer");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void threadInterruptedWhileItSendsWaitsForSeconds() throws InterruptedException {
        var sender = Thread.currentThread();
        var other = new Thread(() -> {
            while (sender.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            sender.interrupt();
        });
        other.start();
        assertThatThrownBy(() -> Clients.send(producer, "longrope.scores", "key", new byte[1]))
                .isInstanceOf(KafkaException.class).hasMessage("cannot write to longrope.scores: the broker does not answer");
        assertThat(Thread.interrupted()).isTrue();
        other.join();
    }
}
