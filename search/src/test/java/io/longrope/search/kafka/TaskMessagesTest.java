package io.longrope.search.kafka;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Result;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.Task;
import io.longrope.search.work.TextReference;
import io.longrope.search.work.TrainTask;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Every message about tasks comes back as it was, ids included. */
class TaskMessagesTest {

    private static final ModelReference MODEL = new ModelReference("model", "ab".repeat(32));
    private static final TextReference TEXT = new TextReference("text.txt", "cd".repeat(32));
    private static final Candidate CANDIDATE = new Candidate(RescaleFactors.of(1, 1.5), 4, 1.1);
    private static final Arithmetic ARITHMETIC = new Arithmetic(Precision.BF16, 64, 2);

    static Stream<Task> tasks() {
        return Stream.of(
                SampleTasks.task(3),
                new GenerateTask(MODEL, Retrieval.LINES, 512, 0.25, 3, 7, CANDIDATE, OptionalInt.empty(), ARITHMETIC),
                new GenerateTask(MODEL, Retrieval.LINES, 512, 0.25, 3, 7, CANDIDATE, OptionalInt.of(64), ARITHMETIC),
                new GenerateTask(MODEL, Retrieval.LINES, 512, 0.25, 3, 7, CANDIDATE, OptionalInt.empty(),
                        new Arithmetic(Precision.BF16, 64, 2, true)),
                new GenerateTask(new ModelReference("model", "ab".repeat(32), Optional.of("1")), Retrieval.LINES, 512, 0.25, 3, 7,
                        CANDIDATE, OptionalInt.empty(), ARITHMETIC),
                new InspectTask("run 1", new InspectTask.Model("model", Optional.empty())),
                new InspectTask("run 1", new InspectTask.Weights("model")),
                new InspectTask("run 1", new InspectTask.Text("model", "text.txt", List.of(new InspectTask.Window(SampleShare.REPORT, 8)))),
                new InspectTask("run 1", new InspectTask.Samples("model", "text.txt", SampleShare.SEARCH, 3, 512, 7, Optional.of("none"))),
                new InspectTask("run 1", new InspectTask.Device()),
                new InspectTask("run 1", new InspectTask.SharedFile("marker", "word")),
                train(Optional.empty(), Optional.empty(), Optional.empty()),
                train(Optional.of(new LoraSettings(8, 16, List.of(LoraSettings.Target.Q, LoraSettings.Target.DOWN))),
                        Optional.of(new TrainTask.HeldOut(TEXT, 4, 10)),
                        Optional.of(new TrainingCommand(List.of("run", "{model}"), Duration.ofHours(3)))));
    }

    private static TrainTask train(Optional<LoraSettings> lora, Optional<TrainTask.HeldOut> heldOut, Optional<TrainingCommand> command) {
        var best = new Measured(CANDIDATE, OptionalDouble.of(2.5));
        var entry = new TableEntry(512, best, Optional.empty(), "text");
        var table = new FactorTable("tiny", new RopeGeometry(4, 10_000, 256), List.of(entry), List.of("job"));
        var settings = new TrainingSettings(20, 4, 2, new AdamW(1e-4, Schedule.LINEAR, 2, 1, 0, 0.9, 0.95), 7, 5);
        return new TrainTask("tune", MODEL, CANDIDATE, table, TEXT, SequenceSettings.contiguous(48), settings, lora, heldOut, command, 2);
    }

    static Stream<Outcome> outcomes() {
        return Stream.of(new Outcome.Loss(0.1 + 0.2), new Outcome.Loss(1, List.of(0.1 + 0.2, 3.0)),
                new Outcome.Diverged("loss is NaN"), new Outcome.Answers(List.of(true, false)),
                new Outcome.Trained("train/0123/a", "ef".repeat(32)),
                new Outcome.Facts(JsonNodeFactory.instance.objectNode().put("tokens", 12)));
    }

    static Stream<Attempt> attempts() {
        var noon = Instant.parse("2026-11-28T12:00:00Z");
        return Stream.of(Attempt.Kind.values())
                .flatMap(kind -> Stream.of(Optional.<Attempt.Memory>empty(), Optional.of(new Attempt.Memory(2, 1)))
                .map(memory -> new Attempt(SampleTasks.task(1).id(), "delivery", "a-123456", kind, "because", memory, 30, 1.5, noon)));
    }

    @ParameterizedTest
    @MethodSource("tasks")
    void deliveryComesBackAsItWas(Task task) {
        var delivery = new Delivery("d1", "job", "run", List.of(task), Set.of("a"), true);
        var read = TaskMessages.delivery(message("d1", TaskMessages.write(delivery)));
        assertThat(read).isEqualTo(delivery);
        assertThat(read.tasks().get(0).id()).isEqualTo(task.id());
        assertThatThrownBy(() -> TaskMessages.delivery(message("d2", TaskMessages.write(delivery)))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must have its id as the message's key");
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void resultComesBackAsItWas(Outcome outcome) {
        var result = new Result(SampleTasks.task(1).id(), outcome, 64, 0.5, "a-123456", "cpu");
        var read = new ArrayList<Result>();
        TaskMessages.readResult(message(TaskMessages.newKey(result), TaskMessages.write(result)), read::add);
        TaskMessages.readResult(message("another key", TaskMessages.write(result)), read::add);
        TaskMessages.readResult(message(TaskMessages.newKey(result), null), read::add);
        assertThat(read).containsExactly(result);
    }

    @Test
    void resultOfASmallerChunkComesBackMarkedAndOneOfAnOlderBuildUnmarked() {
        var marked = new Result(SampleTasks.task(1).id(), new Outcome.Loss(1), 64, 0.5, "a", "cpu", OptionalInt.of(512));
        var read = new ArrayList<Result>();
        TaskMessages.readResult(message(TaskMessages.newKey(marked), TaskMessages.write(marked)), read::add);
        assertThat(read).containsExactly(marked);
        var unmarked = new Result(marked.id(), marked.outcome(), 64, 0.5, "a", "cpu");
        assertThat(new String(TaskMessages.write(unmarked), StandardCharsets.UTF_8)).doesNotContain("chunk");
        TaskMessages.readResult(message(TaskMessages.newKey(unmarked), TaskMessages.write(unmarked)), read::add);
        assertThat(read).containsExactly(marked, unmarked);
    }

    @ParameterizedTest
    @MethodSource("attempts")
    void attemptComesBackAsItWas(Attempt attempt) {
        var read = new ArrayList<Attempt>();
        TaskMessages.readAttempt(message("key", TaskMessages.write(attempt, MessageVersion.CURRENT)), read::add);
        assertThat(read).containsExactly(attempt);
    }

    private static ConsumerRecord<byte[], byte[]> message(String key, byte[] value) {
        return new ConsumerRecord<>("topic", 0, 0, key.getBytes(StandardCharsets.UTF_8), value);
    }
}
