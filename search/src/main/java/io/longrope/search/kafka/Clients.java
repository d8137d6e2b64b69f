package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.work.Daemons;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Kafka's own clients, set up the way this project uses them: keys are text, values bytes. */
final class Clients {

    private static final Map<String, Object> COMMON = Map.of(
            "reconnect.backoff.max.ms", "1000",
            // not JMX, which complains when two clients of a JVM have one name
            "metric.reporters", "",
            "enable.metrics.push", "false");

    private static final Map<String, Object> PRODUCER = Map.of(
            "acks", "all",
            "linger.ms", "0",
            // a broker that restarts is waited for
            "delivery.timeout.ms", "1800000",
            "max.block.ms", "1800000");

    private static final Map<String, Object> CONSUMER = Map.of(
            "enable.auto.commit", "false",
            "auto.offset.reset", "earliest",
            "allow.auto.create.topics", "false");

    private static final Map<String, Object> PATIENT = Map.of(
            "fetch.min.bytes", "1000000",
            "fetch.max.wait.ms", "250");

    private static final Map<String, Object> SHARE = Map.of(
            // one record at a time: whatever else is fetched would wait behind a long evaluation
            "share.acquire.mode", "record_limit",
            "max.poll.records", "1",
            "share.acknowledgement.mode", "explicit",
            // between two takes nobody polls, for as long as the taker likes
            "max.poll.interval.ms", String.valueOf(Integer.MAX_VALUE));

    private static final int LAST_WAIT_SECONDS = 3;

    private Clients() {
    }

    static Admin admin(KafkaSettings settings) {
        return create(settings, Map.of(), Admin::create);
    }

    static KafkaProducer<byte[], byte[]> producer(KafkaSettings settings) {
        return create(settings, PRODUCER,
                properties -> new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()));
    }

    static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings settings) {
        return consumer(settings, Map.of());
    }

    /** The broker gathers records for a quarter of a second before it answers. */
    static KafkaConsumer<byte[], byte[]> patientConsumer(KafkaSettings settings) {
        return consumer(settings, PATIENT);
    }

    /** @param name what the other members see of it */
    static KafkaShareConsumer<byte[], byte[]> shareConsumer(KafkaSettings settings, String group, String name) {
        var share = new HashMap<>(SHARE);
        share.put("group.id", group);
        share.put("client.id", name);
        return create(settings, share,
                properties -> new KafkaShareConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaSettings settings, Map<String, Object> fetching) {
        var consumer = new HashMap<>(CONSUMER);
        consumer.putAll(fetching);
        return create(settings, consumer,
                properties -> new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    static ProducerRecord<byte[], byte[]> message(String topic, String key, byte[] value) {
        return new ProducerRecord<>(topic, 0, key.getBytes(StandardCharsets.UTF_8), value, List.of(MessageVersion.header()));
    }

    /** A message that goes on saying of which version its first writer was, for that one is to understand what comes of it. */
    private static ProducerRecord<byte[], byte[]> copy(ConsumerRecord<byte[], byte[]> original, String key, byte[] value) {
        return new ProducerRecord<>(original.topic(), 0, key.getBytes(StandardCharsets.UTF_8), value, original.headers());
    }

    /**
     * Returns once the message is stored by all replicas in sync; a broker that is away is waited for. An interrupt, one from
     * before too, is kept for later and shortens the wait to seconds.
     *
     * @return where it is, and when the broker took it
     */
    static RecordMetadata send(KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
        return send(producer, message(topic, key, value), Thread.currentThread().isInterrupted());
    }

    /** As {@link #send}, but gives up after seconds: for what need not be said once the broker was away for a while. */
    static void sendSoon(KafkaProducer<byte[], byte[]> producer, String topic, String key, byte[] value) {
        send(producer, message(topic, key, value), true);
    }

    /** As {@link #sendSoon}: puts a copy of a message, or what it became, at the end of its topic. */
    static void sendCopySoon(KafkaProducer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> original, String key, byte[] value) {
        send(producer, copy(original, key, value), true);
    }

    private static RecordMetadata send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> message, boolean soon) {
        // a thread of its own, for the producer may wait long before it even takes a message
        var sending = new FutureTask<>(() -> producer.send(message).get());
        var thread = Daemons.thread("send-" + message.topic(), sending);
        thread.start();
        boolean interrupted = Thread.interrupted();
        try {
            try {
                return soon ? sending.get(LAST_WAIT_SECONDS, TimeUnit.SECONDS) : sending.get();
            } catch (InterruptedException e) {
                interrupted = true;
                return sending.get(LAST_WAIT_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException | TimeoutException e) {
            throw new KafkaException("cannot write to " + message.topic() + ": the broker does not answer", e);
        } catch (ExecutionException e) {
            throw new KafkaException("cannot write to " + message.topic() + ": " + KafkaFaults.words(e.getCause()), e.getCause());
        } finally {
            thread.interrupt();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether trying again cannot help. */
    static boolean isFatal(Throwable failure) {
        return failure instanceof AuthenticationException || failure instanceof AuthorizationException
                || failure instanceof UnsupportedVersionException;
    }

    private static <T> T create(KafkaSettings settings, Map<String, Object> role, Function<Map<String, Object>, T> factory) {
        var properties = new HashMap<>(COMMON);
        properties.putAll(role);
        properties.putAll(settings.client());
        properties.put("bootstrap.servers", settings.bootstrap());
        try {
            return factory.apply(properties);
        } catch (KafkaException e) {
            var cause = e.getCause() == null || e instanceof ConfigException ? e : e.getCause();
            // without the cause, whose text may quote a secret
            throw new BadInput(new Problem("Kafka at " + settings.bootstrap(), "must be reachable with settings that fit",
                    settings.withoutSecrets(String.valueOf(cause.getMessage())), "check the address and the command config"));
        }
    }
}
