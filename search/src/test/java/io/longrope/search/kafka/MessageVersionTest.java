package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.Tried;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Result;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TransportFailed;
import io.longrope.search.work.WaitListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Programs one version of the messages apart, before and after this one. */
class MessageVersionTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<Header> FIRST = List.of();
    private static final List<Header> AFTER = List.of(header("5"));
    private static final Attempt ATTEMPT = new Attempt(SampleTasks.task(1).id(), "d1", "a", Attempt.Kind.FAILED, "why", Optional.empty(), 3,
            1.5, Instant.EPOCH);
    private static final Delivery DELIVERY = new Delivery("d1", "job", "run", List.of(SampleTasks.task(1)), Set.of(), false);

    private final KafkaSettings settings = TestBroker.fresh();

    @Test
    void whatTheVersionBeforeLeavesOutMeansWhatItMeantThen() {
        var text = text(TaskMessages.write(ATTEMPT, 1));
        assertThat(text).as("such a program refuses what it does not know").doesNotContain("seconds").contains("\"schema\":1");
        assertThat(read(FIRST, text)).containsExactly(ATTEMPT.withoutSeconds());
        assertThat(read(List.of(header("2")), text(TaskMessages.write(ATTEMPT, 2)))).containsExactly(ATTEMPT);
    }

    @Test
    void eventsOfTheVersionBeforeTellNothingOfWhatWasTried() {
        var event = JobEvent.tried(new JobId("job"), "search-64", 64, List.of(new Tried(0, 0, 0,
                new Candidate(RescaleFactors.of(1, 2), 0, 1), List.of(2.5), true)), Instant.EPOCH).get(0);
        var text = text(Messages.write(KafkaJobLog.EVENT, event));
        assertThat(events(List.of(header("3")), text)).containsExactly(event);
        var before = text(Messages.write(KafkaJobLog.EVENT, JobEvent.of(new JobId("job"), JobEvent.Kind.WARNING, "", Instant.EPOCH)));
        assertThat(before).doesNotContain("tried");
        assertThat(events(List.of(header("2")), before)).singleElement().satisfies(old -> assertThat(old.tried()).isEmpty());
    }

    @Test
    void whatTheVersionAfterAddsIsPassedOver() {
        var text = text(TaskMessages.write(ATTEMPT, 2)).replace("\"seconds\"", "\"watts\":[350],\"seconds\"")
                .replace("\"schema\"", "\"signed\":\"by\",\"schema\"");
        assertThat(read(AFTER, text)).containsExactly(ATTEMPT);
        assertThat(read(List.of(header("4")), text)).as("one of this version has no such thing").isEmpty();
    }

    @Test
    void whatOnlyTheVersionAfterUnderstandsIsRefusedAndWhoIsToBeUpgradedIsSaid() {
        var schema = text(TaskMessages.write(DELIVERY)).replace("\"schema\":1", "\"schema\":5");
        assertThatThrownBy(() -> TaskMessages.delivery(message(AFTER, schema))).isInstanceOf(BadInput.class)
                .hasMessage("message.schema must be at most 4 for this longrope, but was 5; upgrade this one: those that write"
                        + " such messages are newer");
        var kind = text(TaskMessages.write(DELIVERY)).replace("\"kind\":\"score\"", "\"kind\":\"dream\"");
        assertThatThrownBy(() -> TaskMessages.delivery(message(AFTER, kind))).isInstanceOf(BadInput.class)
                .hasMessageContaining("a longrope of version 5 of the messages wrote it: upgrade this one, of version 4");
        assertThatThrownBy(() -> TaskMessages.delivery(message(List.of(header("-1")), kind))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be a version");
    }

    @Test
    void aGradientIsAskedOfProgramsThatKnowItOnly() {
        assertThat(text(TaskMessages.write(DELIVERY))).contains("\"schema\":1").doesNotContain("gradient");
        var asks = new Delivery("d1", "job", "run", List.of(SampleTasks.task(1), ((ScoreTask) SampleTasks.task(2)).withGradient()),
                Set.of(), false);
        var text = text(TaskMessages.write(asks));
        assertThat(text).as("one of version 3 says that it is to be upgraded, and leaves the task to others").contains("\"schema\":4");
        assertThat(TaskMessages.delivery(message(List.of(header("4")), text))).isEqualTo(asks);
    }

    @Test
    void workerAndDriverOfTheVersionBeforeWorkTogether() throws Exception {
        var attempts = new ArrayList<String>();
        try (var producer = Clients.producer(settings); var worker = worker("new")) {
            send(producer, FIRST, text(TaskMessages.write(DELIVERY)));
            var held = worker.take(SOON, Optional.empty()).orElseThrow();
            held.publish(ATTEMPT);
            held.settle();
            send(producer, List.of(header("2")), text(TaskMessages.write(DELIVERY)));
            held = worker.take(SOON, Optional.empty()).orElseThrow();
            held.publish(ATTEMPT);
            held.settle();
        }
        TopicTail.readAll(settings, settings.attempts(), message -> attempts.add(text(message.value())));
        assertThat(attempts).hasSize(2);
        assertThat(attempts.get(0)).doesNotContain("seconds");
        assertThat(attempts.get(1)).contains("\"seconds\":1.5");
    }

    @Test
    void driverAndWorkerOfTheVersionAfterWorkTogether() throws Exception {
        try (var producer = Clients.producer(settings);
             var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE)) {
            var asked = driver.submit(List.of(SampleTasks.task(1))).get(0);
            var result = new Result(SampleTasks.task(1).id(), SampleTasks.outcome(SampleTasks.task(1)), 64, 2.5, "newer", "cpu");
            producer.send(new ProducerRecord<>(settings.results(), 0, TaskMessages.newKey(result).getBytes(StandardCharsets.UTF_8),
                    text(TaskMessages.write(result)).replace("\"tokens\"", "\"joules\":7,\"tokens\"").getBytes(StandardCharsets.UTF_8),
                    AFTER));
            assertThat(asked.get(60, TimeUnit.SECONDS)).isEqualTo(result);
            assertThat(driver.deviceSeconds()).isEqualTo(2.5);
        }
    }

    @Test
    void workerThatIsTooOldLeavesTheTaskToOthersAndEnds() throws Exception {
        var text = text(TaskMessages.write(DELIVERY)).replace("\"schema\":1", "\"schema\":5");
        try (var producer = Clients.producer(settings); var worker = worker("old")) {
            send(producer, AFTER, text);
            assertThatThrownBy(() -> worker.take(SOON, Optional.empty())).isInstanceOf(TransportFailed.class)
                    .hasMessageContaining("a driver asks for what this worker is too old for").hasMessageContaining("upgrade this one");
        }
        var left = new ArrayList<ConsumerRecord<byte[], byte[]>>();
        QueueBacklog.read(settings, settings.tasks("q", TaskClass.SCORE), left::add);
        assertThat(left).last().satisfies(message -> {
            assertThat(message.offset()).as("it was put at the end").isEqualTo(1);
            assertThat(text(message.value())).isEqualTo(text);
            assertThat(MessageVersion.of(message)).isEqualTo(5);
        });
    }

    @Test
    void whatIsPutBackSaysWhoAsked() throws Exception {
        try (var producer = Clients.producer(settings); var worker = worker("a")) {
            send(producer, FIRST, text(TaskMessages.write(DELIVERY)));
            var held = worker.take(SOON, SampleTasks.task(1, "another").needs()).orElseThrow();
            assertThat(held.delivery().passedOn()).isTrue();
            held.publish(ATTEMPT);
            held.settle();
        }
        TopicTail.readAll(settings, settings.attempts(), message -> assertThat(text(message.value())).doesNotContain("seconds"));
    }

    private static List<JobEvent> events(List<Header> headers, String text) {
        var events = new ArrayList<JobEvent>();
        Messages.readOrRefuse(message(headers, text), KafkaJobLog.EVENT, JobEvent.class, events::add);
        return events;
    }

    private KafkaWorkQueue worker(String name) {
        return KafkaWorkQueue.open(settings, "q", name, EnumSet.of(TaskClass.SCORE), InstantSource.system());
    }

    private void send(KafkaProducer<byte[], byte[]> producer, List<Header> headers, String text) {
        producer.send(new ProducerRecord<>(settings.tasks("q", TaskClass.SCORE), 0, bytes(DELIVERY.id()), bytes(text), headers));
        producer.flush();
    }

    private static List<Attempt> read(List<Header> headers, String text) {
        var read = new ArrayList<Attempt>();
        TaskMessages.readAttempt(message(headers, text), read::add);
        return read;
    }

    private static ConsumerRecord<byte[], byte[]> message(List<Header> headers, String text) {
        var message = new ConsumerRecord<>("topic", 0, 0, bytes(DELIVERY.id()), bytes(text));
        headers.forEach(message.headers()::add);
        return message;
    }

    private static Header header(String version) {
        return new RecordHeader("longrope-messages", bytes(version));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
