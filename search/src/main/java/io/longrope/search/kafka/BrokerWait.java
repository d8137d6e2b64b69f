package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.utils.Utils;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * Waiting for a Kafka that may come later, as where everything on a machine starts at once. Only silence is waited for: an answer, whatever
 * it says, ends the wait, and {@link Topics#prepare} judges it.
 */
public final class BrokerWait {

    private static final int PROBE_MILLIS = 3000;
    private static final long PAUSE_MILLIS = 1000;

    private BrokerWait() {
    }

    /**
     * Returns once a Kafka answers; tells that it waits, and for which address.
     *
     * @param patience how long to wait at most; empty: for ever
     * @throws BadInput           when none answered for so long, or the settings are no client's
     * @throws InterruptException when the thread is interrupted
     */
    public static void await(KafkaSettings settings, Optional<Duration> patience) throws InterruptedException {
        long begin = System.nanoTime();
        var absence = BrokerAbsence.of(settings);
        for (var advice = adviceOnSilence(settings); advice.isPresent(); advice = adviceOnSilence(settings)) {
            long waited = System.nanoTime() - begin;
            if (patience.filter(time -> waited >= time.toNanos()).isPresent()) {
                throw new BadInput("Kafka at " + settings.bootstrap(), "must answer within " + patience.get().toSeconds() + " s", "silent",
                        advice.get());
            }
            absence.noticed(advice.get());
            Thread.sleep(PAUSE_MILLIS);
        }
        absence.isOver();
    }

    /** Empty where it answers. */
    private static Optional<String> adviceOnSilence(KafkaSettings settings) {
        if (Arrays.stream(settings.bootstrap().split(",")).noneMatch(BrokerWait::isKnown)) {
            return Optional.of("no machine of that name is known here: check the address");
        }
        try (var admin = Clients.admin(settings)) {
            AdminCalls.get(admin.describeCluster(new DescribeClusterOptions().timeoutMs(PROBE_MILLIS)).clusterId());
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of(KafkaFaults.adviceOnSilence(settings));
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // it said something
            return Optional.empty();
        }
    }

    /** What is no address at all is for Kafka's client to refuse. */
    private static boolean isKnown(String address) {
        var host = Utils.getHost(address.strip());
        if (host == null) {
            return true;
        }
        try {
            return InetAddress.getByName(host) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
