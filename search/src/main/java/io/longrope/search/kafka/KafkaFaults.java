package io.longrope.search.kafka;

import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;

/** What a failure of Kafka's client means, in our words: its own speak of nodes, API keys and calls that whoever reads a log never made. */
final class KafkaFaults {

    private KafkaFaults() {
    }

    /** Whether the broker is away, or too slow to answer. */
    static boolean isAbsence(Throwable failure) {
        return failure instanceof TimeoutException || failure instanceof DisconnectException || failure instanceof NetworkException
                || failure instanceof java.util.concurrent.TimeoutException;
    }

    static String words(Throwable failure) {
        if (isAbsence(failure)) {
            return "the broker does not answer";
        }
        if (failure instanceof InvalidRecordStateException) {
            return "the broker has given it to another, or taken it back";
        }
        if (failure instanceof AuthenticationException) {
            return "the broker does not accept our credentials: " + failure.getMessage();
        }
        if (failure instanceof AuthorizationException) {
            return "the broker does not let us: " + failure.getMessage();
        }
        if (failure instanceof RetriableException) {
            return "the broker is not ready for it yet";
        }
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
