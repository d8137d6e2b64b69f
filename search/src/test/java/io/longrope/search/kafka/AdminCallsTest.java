package io.longrope.search.kafka;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Waiting for an answer that is late. */
class AdminCallsTest {

    private static final long QUIET_MILLIS = 1;
    private static final long LONG_MILLIS = 60_000;

    private final List<String> told = new ArrayList<>();

    @Test
    void silenceIsToldOnceAndTheWaitGoesOn() {
        var late = new KafkaFutureImpl<String>();
        assertThat(AdminCalls.get(late, QUIET_MILLIS, () -> {
            told.add("silent");
            late.complete("answer");
        })).isEqualTo("answer");
        assertThat(told).containsExactly("silent");
    }

    @Test
    void anAnswerOrAFailureThatComesInTimeIsNoSilence() {
        var answered = new KafkaFutureImpl<String>();
        answered.complete("answer");
        var failed = new KafkaFutureImpl<String>();
        failed.completeExceptionally(new TimeoutException("describeFeatures"));
        assertThat(AdminCalls.get(answered, LONG_MILLIS, () -> told.add("silent"))).isEqualTo("answer");
        assertThatThrownBy(() -> AdminCalls.get(failed, LONG_MILLIS, () -> told.add("silent"))).isInstanceOf(KafkaException.class)
                .hasMessage("describeFeatures");
        assertThat(told).isEmpty();
    }
}
