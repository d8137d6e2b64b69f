package io.longrope.search.kafka;

import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Whether a share consumer reaches its group, told by its own metrics: polling it tells nothing. */
final class BrokerLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerLink.class);

    /** Above the longest interval at which a group wants heartbeats, 15 seconds where nobody changed that. */
    private static final double SILENT_SECONDS = 20;
    /** A connection that breaks is made anew within this time. */
    /** To a broker that is there, each as long as its client waits. */
    private static final int QUESTIONS = 5;
    static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PROBE_MILLIS = 2000;
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final KafkaShareConsumer<?, ?> consumer;
    private final Metric connections;
    private final Metric lastHeartbeat;
    private long lastUp = System.nanoTime();

    /** @param consumer closed with this */
    BrokerLink(KafkaShareConsumer<?, ?> consumer) {
        this.consumer = consumer;
        connections = connections(consumer.metrics());
        lastHeartbeat = metric(consumer.metrics(), "last-heartbeat-seconds-ago");
    }

    /** True when there is no connection for a while, or packets vanish on one that still stands: then heartbeats stop. */
    boolean isLost() {
        return !isUp() && System.nanoTime() - lastUp > PATIENCE.toNanos();
    }

    /** Nothing can be said to a broker that is away, so that is not tried. */
    @Override
    public void close() {
        try {
            consumer.close(isUp() ? CLOSE : Duration.ZERO);
        } catch (KafkaException e) {
            LOG.debug("left without a word: {}", e.getMessage());
        }
    }

    /** How many connections a client has to its brokers. */
    static Metric connections(Map<MetricName, ? extends Metric> metrics) {
        return metric(metrics, "connection-count");
    }

    /** Returns when the broker answers, or the caller gives up: a share consumer (seen with Kafka 4.3.1) keeps a core busy meanwhile. */
    static void awaitBroker(KafkaSettings settings, BooleanSupplier givesUp) {
        try (var admin = Clients.admin(settings)) {
            while (!givesUp.getAsBoolean()) {
                try {
                    AdminCalls.get(admin.describeCluster(new DescribeClusterOptions().timeoutMs(PROBE_MILLIS)).clusterId());
                    BrokerAbsence.of(settings).isOver();
                    return;
                } catch (TimeoutException e) {
                    BrokerAbsence.of(settings).noticed();
                }
            }
        }
    }

    /**
     * What the broker answers to a question that times out while it is away, or too busy: asked again, for as long as it is away.
     *
     * @throws TimeoutException when it is there and has not answered so many times, as where the topic is gone
     */
    static <T> T answered(KafkaSettings settings, Supplier<T> question) {
        for (int tries = 1; ; tries++) {
            try {
                return question.get();
            } catch (TimeoutException e) {
                if (tries == QUESTIONS) {
                    throw e;
                }
                awaitBroker(settings, () -> Thread.currentThread().isInterrupted());
            }
        }
    }

    private boolean isUp() {
        boolean up = value(connections) > 0 && value(lastHeartbeat) <= SILENT_SECONDS;
        if (up) {
            lastUp = System.nanoTime();
        }
        return up;
    }

    private static Metric metric(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.entrySet().stream().filter(entry -> entry.getKey().name().equals(name)).findAny()
                .orElseThrow(() -> new IllegalStateException("Kafka's client has no metric " + name)).getValue();
    }

    private static double value(Metric metric) {
        return (double) metric.metricValue();
    }
}
