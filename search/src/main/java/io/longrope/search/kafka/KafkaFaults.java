package io.longrope.search.kafka;

import io.longrope.search.problem.Program;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InvalidRecordStateException;
import org.apache.kafka.common.errors.NetworkException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a failure of Kafka's client means, in our words: its own speak of nodes, API keys and calls that whoever reads a log never made. */
final class KafkaFaults {

    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1");
    private static final int USUAL_PORT = 9092;

    private KafkaFaults() {
    }

    /** What to do about a broker that does not answer at all, with the command that starts one at that address. */
    static String adviceOnSilence(KafkaSettings settings) {
        return "check the address, that a Kafka runs there (" + Program.command(broker(settings.bootstrap()))
                + " starts one), and that security.protocol fits its listener";
    }

    private static List<String> broker(String bootstrap) {
        var words = new ArrayList<>(List.of("broker"));
        // of several addresses a single broker has none
        var address = bootstrap.contains(",") ? "" : bootstrap.strip();
        Optional.ofNullable(Utils.getHost(address)).filter(host -> !HERE.contains(host))
                .ifPresent(host -> words.addAll(List.of("--host", host)));
        Optional.ofNullable(Utils.getPort(address)).filter(port -> port != USUAL_PORT)
                .ifPresent(port -> words.addAll(List.of("--port", port.toString())));
        return words;
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
