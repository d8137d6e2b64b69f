package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.json.Json;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.TableFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** With a real program in a process of its own, on the shipped model. */
@Timeout(60)
class ExternalTrainerTest {

    private static final Path MODEL = Path.of(System.getProperty("longrope.home"), "evaluator/models/java-1m");
    private static final double[] FACTORS = IntStream.range(0, 16).mapToDouble(i -> 1 + i / 4.0).toArray();

    @TempDir
    private Path directory;
    private Path output;
    private StartToken startToken = StartToken.AUTO;
    private final List<String> log = new CopyOnWriteArrayList<>();

    @Test
    void aProgramTrainsAndItsCheckpointCarriesTheTable() throws Exception {
        train("train", Duration.ZERO);
        assertThat(log).contains("| table for 1024, steps 7, seed 5, windows begin with 256", "| progress 2")
                .doesNotContain("| progress 1");
        assertThat(log).anyMatch(line -> line.startsWith("exit code 0 after "));
        var trained = Checkpoint.open(output());
        assertThat(trained.fingerprint()).isNotEqualTo(Checkpoint.open(MODEL).fingerprint());
        assertThat(trained.tensor("model.norm.weight").type()).isEqualTo(DataType.BF16);
        assertThat(trained.config().candidate(200).factors()).as("the same table at every length").isEqualTo(RescaleFactors.of(FACTORS));
        assertThat(TableFiles.read(output(), Optional.empty()).longest().best().candidate().factors())
                .isEqualTo(RescaleFactors.of(FACTORS));
        assertThat(output().resolve("tokenizer.json")).hasSameBinaryContentAs(MODEL.resolve("tokenizer.json"));
        var record = Json.mapper().readTree(output().resolve("training.json").toFile());
        assertThat(record.path("attempts").path(0).path("outcome").textValue()).isEqualTo("exit code 0");
        assertThat(directory.resolve("tune/attempt-1/work")).doesNotExist();
        assertThat(Files.isSymbolicLink(output().resolve("model.safetensors"))).isFalse();
    }

    @Test
    void windowsBeginAsThePlanSays() throws Exception {
        startToken = StartToken.NONE;
        train("train", Duration.ZERO);
        assertThat(log).contains("| table for 1024, steps 7, seed 5, windows begin with none");
    }

    @Test
    void afterACrashTheProgramFindsItsOutputAgain() throws Exception {
        assertThatThrownBy(() -> train("fail-once", Duration.ZERO)).isInstanceOf(CommandFailed.class).hasMessageContaining("exit code 137");
        assertThat(output()).doesNotExist();
        train("fail-once", Duration.ZERO);
        assertThat(log).contains("| breaks off", "| goes on");
        assertThat(Json.mapper().readTree(output().resolve("training.json").toFile()).path("attempts"))
                .extracting(one -> one.path("outcome").textValue())
                .containsExactly("exit code 137", "exit code 0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fail    | tune: command must end with exit code 0, but was exit code 3",
        "nothing | config.json must be a file",
        "nan     | must hold finite weights, but was NaN",
        "shape   | of shape"})
    void whatWentWrongIsOneLineAndTheRunCanGoOn(String behaviour, String message) throws Exception {
        assertThatThrownBy(() -> train(behaviour, Duration.ZERO)).isInstanceOfSatisfying(CommandFailed.class, e -> {
            assertThat(e.getMessage()).startsWith("tune: ").contains(message, "running the job again calls it again").doesNotContain("\n");
        });
        assertThat(output()).doesNotExist();
        Files.walk(directory.resolve("tune/attempt-1/work/output")).filter(Files::isRegularFile)
                .forEach(file -> assertThat(file.toFile().delete()).isTrue());
        train("train", Duration.ZERO);
        assertThat(output().resolve("config.json")).exists();
    }

    @Test
    void aHangingProgramIsEndedWithItsChildren() {
        assertThatThrownBy(() -> train("hang", Duration.ofSeconds(4))).isInstanceOf(CommandFailed.class)
                .hasMessageContaining("no end within 4 s");
        assertNothingRuns();
    }

    @Test
    void anInterruptionEndsTheProgramWithItsChildren() {
        var runner = Thread.currentThread();
        var watcher = new Thread(() -> {
            while (log.stream().noneMatch(line -> line.startsWith("| child"))) {
                Thread.onSpinWait();
            }
            runner.interrupt();
        });
        watcher.start();
        assertThatThrownBy(() -> train("hang", Duration.ZERO)).isInstanceOf(InterruptedException.class);
        assertNothingRuns();
        assertThat(directory.resolve("tune/attempt-1/work/attempts.json")).content().contains("interrupted");
    }

    @Test
    void aProgramThatACrashedWorkerLeftRunningIsEndedFirst() throws Exception {
        var orphan = new ProcessBuilder("sleep", "600").start();
        try {
            Files.createDirectories(directory.resolve("tune/attempt-1/work"));
            Files.createFile(directory.resolve("tune/attempt-1/lock"));
            Files.writeString(directory.resolve("tune/attempt-1/work/process"),
                    orphan.pid() + " " + orphan.info().startInstant().orElseThrow().toEpochMilli() + "\n");
            train("train", Duration.ZERO);
            assertThat(orphan.isAlive()).isFalse();
        } finally {
            orphan.destroyForcibly();
        }
    }

    @Test
    void aProgramThatCannotBeStartedIsNamed() {
        assertThatThrownBy(() -> train(new TrainingCommand(List.of("no-such-program"), Duration.ZERO)))
                .isInstanceOf(BadInput.class).hasMessageContaining("no-such-program");
    }

    private void assertNothingRuns() {
        long child = log.stream().filter(line -> line.startsWith("| child")).mapToLong(line -> Long.parseLong(line.substring(8)))
                .findFirst().orElseThrow();
        assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(directory.resolve("tune/attempt-1/work/process")).doesNotExist();
    }

    private void train(String behaviour, Duration timeout) throws IOException, InterruptedException {
        var java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        var words = Arrays.asList(java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                PerturbingTrainer.class.getName(),
                behaviour, "{steps}");
        train(new TrainingCommand(words, timeout));
    }

    private void train(TrainingCommand command) throws IOException, InterruptedException {
        try (var attempt = TrainingAttempt.begin(Files.createDirectories(directory.resolve("tune")))) {
            output = attempt.output();
            ExternalTrainer.train(task(command), attempt, log::add);
        }
    }

    private ExternalTask task(TrainingCommand command) {
        var settings = new TrainingSettings(7, 4, 2, new AdamW(1e-3, Schedule.LINEAR, 1, 1, 0, 0.9, 0.999), 5, 5);
        var candidate = Measured.unmeasured(new Candidate(RescaleFactors.of(FACTORS), 0, 1.1));
        var table = new FactorTable("java-1m", new RopeGeometry(32, 10_000, 256),
                List.of(TableEntry.of(256, candidate), TableEntry.of(1024, candidate)),
                List.of());
        return new ExternalTask("tune", MODEL, table, 512, settings, command, directory.resolve("text"), startToken);
    }

    private Path output() {
        return output;
    }
}
