package io.longrope.search.kafka;

import io.longrope.search.problem.Plural;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells people that a broker is away, once more every minute, and that it is back. However many clients of a process notice it, it is told
 * once. Thread-safe.
 */
final class BrokerAbsence {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerAbsence.class);
    private static final Duration REMINDER = Duration.ofMinutes(1);
    private static final Map<String, BrokerAbsence> BY_ADDRESS = new ConcurrentHashMap<>();

    private final String address;
    private final InstantSource clock;
    private final Consumer<String> warnings;
    private final Consumer<String> remarks;
    /** Empty while it is not known to be away. */
    private Optional<Instant> since = Optional.empty();
    private Instant told = Instant.EPOCH;

    BrokerAbsence(String address, InstantSource clock, Consumer<String> warnings, Consumer<String> remarks) {
        this.address = address;
        this.clock = clock;
        this.warnings = warnings;
        this.remarks = remarks;
    }

    static BrokerAbsence of(KafkaSettings settings) {
        return BY_ADDRESS.computeIfAbsent(settings.bootstrap(), address -> new BrokerAbsence(address, InstantSource.system(),
                LOG::warn, LOG::info));
    }

    /** It did not answer somebody who waits for it. */
    void noticed() {
        noticed("");
    }

    /** @param advice what whoever reads of it may do; nothing where it was there before */
    synchronized void noticed(String advice) {
        var now = clock.instant();
        if (since.isPresent() && now.isBefore(told.plus(REMINDER))) {
            return;
        }
        warnings.accept("Kafka at " + address
                + since.map(begin -> " has not answered for " + minutes(begin, now)).orElse(" does not answer")
                + ": this waits for it, and goes on when it comes" + (advice.isEmpty() ? "" : "; " + advice));
        since = since.or(() -> Optional.of(now));
        told = now;
    }

    /** Whether people have been told that it is away, and not yet that it is back. */
    synchronized boolean isTold() {
        return since.isPresent();
    }

    /** It answered. */
    synchronized void isOver() {
        since.ifPresent(begin -> remarks.accept("Kafka at " + address + " answers, after " + minutes(begin, clock.instant())));
        since = Optional.empty();
    }

    private static String minutes(Instant from, Instant to) {
        var time = Duration.between(from, to);
        return time.toMinutes() >= 1 ? Plural.of(time.toMinutes(), "minute") : Plural.of(time.toSeconds(), "second");
    }
}
