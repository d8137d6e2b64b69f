package io.longrope.search.kafka;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One broker for all tests of the JVM. Tests keep apart by topic prefix. */
final class TestBroker {

    private static final AtomicInteger PREFIXES = new AtomicInteger();
    private static EmbeddedBroker broker;

    private TestBroker() {
    }

    /** Settings with a prefix nobody else has, and everything prepared for one queue named "q". */
    static KafkaSettings fresh() {
        var settings = KafkaSettings.at(bootstrap()).withPrefix("test" + PREFIXES.incrementAndGet());
        Topics.prepare(settings, List.of("q"));
        return settings;
    }

    static synchronized String bootstrap() {
        if (broker == null) {
            var directory = directory();
            // locks of two seconds let the tests see them renewed and expire
            broker = EmbeddedBroker.start(directory, "127.0.0.1", 0, Map.of("group.share.record.lock.duration.ms", "2000"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                broker.close();
                delete(directory);
            }));
        }
        return broker.bootstrap();
    }

    private static Path directory() {
        try {
            return Files.createTempDirectory("broker");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
