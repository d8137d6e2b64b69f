package io.longrope.search.kafka;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.WaitListener;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaStorageTest {

    private final KafkaSettings settings = TestBroker.fresh();

    @Test
    void whatEachTopicTakesAndHowLongItIsKeptIsTold() {
        publish(1, new Outcome.Loss(1));
        try (var storage = KafkaStorage.open(settings)) {
            var parts = storage.parts(List.of("q"));
            assertThat(parts).extracting(KafkaStorage.Part::what).contains("results", "attempts", "events", "job states", "tables",
                    "tasks of q.score", "tasks of q.train");
            assertThat(part(parts, "results").bytes().orElseThrow()).isPositive();
            assertThat(part(parts, "results").kept()).isEmpty();
            assertThat(part(parts, "attempts").bytes()).hasValue(0);
            assertThat(part(parts, "attempts").kept()).contains(Duration.ofDays(1));
            assertThat(part(parts, "tables").kept()).as("compacted only").isEmpty();
        }
    }

    @Test
    void aRetentionIsKeptByWhoeverPreparesTheTopicsNext() {
        try (var storage = KafkaStorage.open(settings)) {
            storage.keepResults(Optional.of(Duration.ofDays(90)));
            storage.keepAttempts(Optional.of(Duration.ofDays(7)));
            assertThatCode(() -> Topics.prepare(settings, List.of("q"))).doesNotThrowAnyException();
            assertThat(part(storage.parts(List.of()), "results").kept()).contains(Duration.ofDays(90));
            assertThat(part(storage.parts(List.of()), "attempts").kept()).contains(Duration.ofDays(7));
            storage.keepResults(Optional.empty());
            storage.keepAttempts(Optional.empty());
            Topics.prepare(settings, List.of("q"));
            assertThat(part(storage.parts(List.of()), "results").kept()).isEmpty();
            assertThat(part(storage.parts(List.of()), "attempts").kept()).isEmpty();
            assertThatThrownBy(() -> storage.keepAttempts(Optional.of(Duration.ofMinutes(59)))).isInstanceOf(BadInput.class)
                    .hasMessageContaining("retention must be at least an hour");
        }
    }

    @Test
    void aTrainingThatIsForgottenIsAskedForAgainAndEverythingElseStaysKnown() {
        publish(1, new Outcome.Trained("train/0123/attempt-1/model", "ab".repeat(32)));
        publish(1, new Outcome.Trained("train/0123/attempt-2/model", "ab".repeat(32)));
        publish(2, new Outcome.Trained("train/4567/attempt-1/model", "ab".repeat(32)));
        publish(3, new Outcome.Loss(1));
        try (var storage = KafkaStorage.open(settings)) {
            assertThat(storage.trainings()).containsExactly("train/0123/attempt-1/model", "train/0123/attempt-2/model",
                    "train/4567/attempt-1/model");
            assertThat(storage.forgetTrainings(directory -> directory.startsWith("train/0123/"))).isEqualTo(2);
            assertThat(storage.trainings()).containsExactly("train/4567/attempt-1/model");
            assertThat(storage.forgetTrainings(directory -> directory.startsWith("train/0123/"))).isZero();
        }
        try (var driver = KafkaTasks.open(settings, "q", "job", LedgerRules.DEFAULT, WaitListener.NONE)) {
            var asked = driver.submit(List.of(SampleTasks.task(1), SampleTasks.task(2), SampleTasks.task(3)));
            assertThat(asked.get(0)).isNotDone();
            assertThat(asked.get(1)).isDone();
            assertThat(asked.get(2)).isDone();
        }
    }

    @Test
    void theTimeIsTheOneThatDatesJobsAndAskingForItLeavesNoTrace() {
        try (var log = KafkaJobLog.open(settings); var storage = KafkaStorage.open(settings)) {
            var years = Duration.ofDays(1000);
            var job = new JobSubmission(new JobId("one"), "plan", Instant.now().plus(years));
            log.submit(job);
            var first = storage.now();
            log.publish(JobEvent.of(job.id(), JobEvent.Kind.STARTED, "driver", Instant.now().minus(years)));
            var second = storage.now();
            assertThat(log.states()).singleElement().satisfies(state -> {
                assertThat(state.id()).isEqualTo(job.id());
                assertThat(state.updated()).isBetween(first, second);
            });
        }
    }

    private void publish(int task, Outcome outcome) {
        var result = new Result(SampleTasks.task(task).id(), outcome, 64, 0.5, "worker", "cpu");
        try (var producer = Clients.producer(settings)) {
            Clients.send(producer, settings.results(), TaskMessages.newKey(result), TaskMessages.write(result));
        }
    }

    private static KafkaStorage.Part part(List<KafkaStorage.Part> parts, String what) {
        return parts.stream().filter(part -> part.what().equals(what)).findFirst().orElseThrow();
    }
}
