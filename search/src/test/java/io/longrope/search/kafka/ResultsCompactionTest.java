package io.longrope.search.kafka;

import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.Task;
import io.longrope.search.work.WaitListener;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static io.longrope.search.work.SampleTasks.result;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Two devices may give one task different results: the first counts for every driver and for ever, also once Kafka has compacted the topic.
 */
class ResultsCompactionTest {

    private static final int TASKS = 20;
    private static final Task FILLER = task(10_000);

    @TempDir
    private Path directory;

    @Test
    void firstResultSurvivesCompaction() throws Exception {
        try (var broker = Compaction.broker(directory)) {
            var settings = KafkaSettings.at(broker.bootstrap());
            Topics.prepare(settings, List.of("q"));
            Compaction.beEager(settings, settings.results());
            try (var producer = Clients.producer(settings)) {
                for (int i = 0; i < TASKS; i++) {
                    publish(producer, settings, result(task(i), 1));
                }
                try (var first = open(settings, "one"); var second = open(settings, "two")) {
                    for (int i = 0; i < TASKS; i++) {
                        publish(producer, settings, result(task(i), 2));
                    }
                    Compaction.await(() -> publish(producer, settings, result(FILLER, 3)), () -> results(settings) == TASKS);
                    assertFirst(first);
                    assertFirst(second);
                }
            }
        }
        try (var broker = EmbeddedBroker.start(directory, 0)) {
            try (var resumed = open(KafkaSettings.at(broker.bootstrap()), "three")) {
                assertFirst(resumed);
            }
        }
    }

    private static KafkaTasks open(KafkaSettings settings, String job) {
        return KafkaTasks.open(settings, "q", job, LedgerRules.DEFAULT, WaitListener.NONE);
    }

    private static void assertFirst(KafkaTasks driver) {
        for (int i = 0; i < TASKS; i++) {
            var known = driver.submit(List.of(task(i))).get(0);
            assertThat(known).isCompleted();
            assertThat(known.join().outcome()).isEqualTo(new Outcome.Loss(1));
        }
    }

    private static void publish(KafkaProducer<byte[], byte[]> producer, KafkaSettings settings, Result result) {
        Clients.send(producer, settings.results(), TaskMessages.newKey(result), TaskMessages.write(result));
    }

    /** Messages with results of the tasks of this test that Kafka still holds. Only compaction makes them fewer. */
    private static long results(KafkaSettings settings) {
        var results = new ArrayList<Result>();
        TopicTail.readAll(settings, settings.results(), message -> TaskMessages.readResult(message, results::add));
        return results.stream().filter(result -> !result.id().equals(FILLER.id())).count();
    }
}
