package io.longrope.progressive.chaos;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;

/** Writes to every topic of ours what is not ours: noise, foreign JSON, and messages of ours cut off or under a key not theirs. */
final class Stranger {

    private static final int LARGEST = 900_000;

    private final Map<String, Object> settings;
    private final Random random;

    Stranger(String bootstrap, Random random) {
        settings = Map.of("bootstrap.servers", bootstrap, "max.block.ms", "20000", "delivery.timeout.ms", "30000", "request.timeout.ms",
                "10000",
                "default.api.timeout.ms", "20000", "auto.offset.reset", "earliest");
        this.random = random;
    }

    /** @return messages written: none when the broker does not answer */
    int write() throws InterruptedException {
        int written = 0;
        try (var admin = Admin.create(settings);
             var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (var topic : admin.listTopics().names().get()) {
                for (var message : messages(topic)) {
                    producer.send(message).get();
                    written++;
                }
            }
        } catch (ExecutionException | KafkaException e) {
            System.out.println("a stranger met " + e);
        }
        return written;
    }

    private List<ProducerRecord<byte[], byte[]>> messages(String topic) {
        var messages = new ArrayList<ProducerRecord<byte[], byte[]>>();
        messages.add(message(topic, noise(16), noise(1 + random.nextInt(200))));
        messages.add(message(topic, bytes("key"), noise(LARGEST)));
        messages.add(message(topic, bytes("../../key"),
                bytes("{\"schema\":1,\"type\":\"evaluation\",\"body\":{\"model\":{\"path\":\"../../../etc/passwd\"}}}")));
        messages.add(message(topic, bytes("key"), bytes("{\"schema\":99,\"type\":\"job\",\"body\":{}}")));
        messages.add(message(topic, bytes("key"), bytes("[".repeat(50_000))));
        messages.add(message(topic, noise(16), null));
        messages.addAll(spoilt(topic));
        return messages;
    }

    private List<ProducerRecord<byte[], byte[]>> spoilt(String topic) {
        var spoilt = new ArrayList<ProducerRecord<byte[], byte[]>>();
        var partition = new TopicPartition(topic, 0);
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            for (var record : consumer.poll(Duration.ofSeconds(2))) {
                if (record.value() != null && record.value().length > 1 && spoilt.size() < 4) {
                    spoilt.add(message(topic, record.key(), Arrays.copyOf(record.value(), random.nextInt(record.value().length))));
                    if (topic.contains("scores") || topic.contains("evaluations")) {
                        // these have to be under their own ids
                        spoilt.add(message(topic, noise(64), record.value()));
                    }
                }
            }
        }
        return spoilt;
    }

    private static ProducerRecord<byte[], byte[]> message(String topic, byte[] key, byte[] value) {
        return new ProducerRecord<>(topic, 0, key == null ? bytes("none") : key, value);
    }

    private byte[] noise(int length) {
        var noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
