package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.TaskFailed;
import io.longrope.search.work.TaskRefused;
import io.longrope.search.work.TextReference;
import io.longrope.search.work.TrainTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(180)
class TrainingRunnerTest {

    private static final int STEPS = 12;
    private static final Candidate CANDIDATE = new Candidate(RescaleFactors.of(1, 1.5, 2, 2), 0, 1.1);

    @TempDir
    Path directory;
    private WorkerFiles files;

    @BeforeEach
    void writeFiles() throws IOException {
        files = new WorkerFiles(directory.resolve("here"));
    }

    private TrainTask task(ModelReference model, TextReference text, double learningRate, Optional<TrainingCommand> command) {
        var settings = new TrainingSettings(STEPS, 4, 2, new AdamW(learningRate, Schedule.LINEAR, 2, 1.0, 0.1, 0.9, 0.95), 11, 3);
        var table = new FactorTable("tiny", new RopeGeometry(8, 10_000, 64), List.of(TableEntry.of(128, Measured.unmeasured(CANDIDATE))),
                List.of());
        return new TrainTask("tune", model, CANDIDATE, table, text, SequenceSettings.contiguous(48), settings, Optional.empty(),
                Optional.of(new TrainTask.HeldOut(text, 2, 5)), command, 1);
    }

    private TrainTask task() {
        return task(files.model, files.text(), 3e-3, Optional.empty());
    }

    /** Undisturbed, in a place of its own. */
    private String expected() throws Exception {
        var elsewhere = new WorkerFiles(directory.resolve("elsewhere"));
        try (var session = WorkerFiles.session()) {
            return ((Outcome.Trained) elsewhere.runner(session).run(task()).outcome()).fingerprint();
        }
    }

    private Outcome run(TrainingLog log) throws InterruptedException {
        try (var session = WorkerFiles.session()) {
            return files.runner(session, false, log).run(task()).outcome();
        }
    }

    private long progress() {
        try (var session = WorkerFiles.session()) {
            return files.runner(session).progress(task());
        }
    }

    private static TrainingLog atStep(IntConsumer told) {
        return new WorkerFiles.SilentLog() {
            @Override
            public void step(String training, int step, int steps, double loss) {
                told.accept(step);
            }
        };
    }

    private Path training() {
        return files.runs.resolve("train").resolve(task().id().value().substring(0, 16));
    }

    @Test
    void theResultIsACheckpointBelowTheRunsRoot() throws Exception {
        var trained = (Outcome.Trained) run(new WorkerFiles.SilentLog());
        var model = files.runs.resolve(trained.directory());
        assertThat(model).isEqualTo(training().resolve("attempt-1/model"));
        assertThat(Checkpoint.open(model).fingerprint()).isEqualTo(trained.fingerprint()).isNotEqualTo(files.model.fingerprint());
        assertThat(model.resolve("tokenizer.json")).hasSameBinaryContentAs(files.models.resolve("tiny/tokenizer.json"));
        assertThat(Files.readAllLines(model.resolve("training.jsonl"))).hasSize(STEPS + 3);
        assertThat(training().resolve("attempt-1/work")).doesNotExist();
        assertThat(run(atStep(step -> {
            throw new AssertionError("nothing is trained twice");
        }))).isEqualTo(trained);
    }

    @Test
    void aWorkerThatIsKilledIsContinuedFromItsLastStateToTheSameBits() throws Exception {
        assertThatThrownBy(() -> run(atStep(step -> {
            if (step == 8) {
                throw new IllegalStateException("killed");
            }
        }))).isInstanceOf(TaskFailed.class).hasMessageContaining("killed");
        assertThat(progress()).isEqualTo(6);
        // as a process leaves it that is killed while it writes the next state
        var torn = Files.createDirectory(stateDirectory(training().resolve("attempt-1")).resolve("step-000009.part"));
        Files.write(torn.resolve("training.safetensors"), new byte[100]);

        var steps = new ArrayList<Integer>();
        var trained = (Outcome.Trained) run(atStep(steps::add));

        assertThat(steps.get(0)).isEqualTo(7);
        assertThat(trained.fingerprint()).isEqualTo(expected());
        assertThat(files.runs.resolve(trained.directory())).isEqualTo(training().resolve("attempt-2/model"));
        assertThat(training().resolve("attempt-1")).as("of no use any more").doesNotExist();
    }

    @Test
    void aDamagedStateIsLeftOutAndAnOlderOneTaken() throws Exception {
        for (int stop : new int[] {5, 8}) {
            assertThatThrownBy(() -> run(atStep(step -> {
                if (step == stop) {
                    throw new IllegalStateException("killed");
                }
            }))).isInstanceOf(TaskFailed.class);
        }
        var newest = stateDirectory(training().resolve("attempt-2")).resolve("step-000006/training.safetensors");
        Files.write(newest, java.util.Arrays.copyOf(Files.readAllBytes(newest), 5000));

        var steps = new ArrayList<Integer>();
        var trained = (Outcome.Trained) run(atStep(steps::add));

        assertThat(steps.get(0)).isEqualTo(4);
        assertThat(trained.fingerprint()).isEqualTo(expected());
    }

    @Test
    void anInterruptSavesWhereItStopped() throws Exception {
        assertThatThrownBy(() -> run(atStep(step -> {
            if (step == 5) {
                Thread.currentThread().interrupt();
            }
        }))).isInstanceOf(InterruptedException.class);

        var steps = new ArrayList<Integer>();
        var trained = (Outcome.Trained) run(atStep(steps::add));

        assertThat(steps).startsWith(6).hasSize(STEPS - 5);
        assertThat(trained.fingerprint()).isEqualTo(expected());
    }

    /** It is taken for dead, another trains on from its state and finishes, and then it goes on. */
    @Test
    void aWorkerThatIsStoppedOvertakenAndContinuedEndsInTheSameBits() throws Exception {
        var stopped = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var first = CompletableFuture.supplyAsync(() -> outcome(atStep(step -> {
            if (step == 7) {
                stopped.countDown();
                await(goOn);
            }
        })));
        stopped.await();
        var steps = new ArrayList<Integer>();
        var second = (Outcome.Trained) run(atStep(steps::add));
        assertThat(steps.get(0)).isEqualTo(7);
        assertThat(first).isNotDone();
        goOn.countDown();
        var late = (Outcome.Trained) first.get();

        assertThat(late.fingerprint()).isEqualTo(second.fingerprint()).isEqualTo(expected());
        assertThat(late.directory()).isNotEqualTo(second.directory());
        var logs = List.of(late, second).stream().map(one -> files.runs.resolve(one.directory()).resolve("training.jsonl")).toList();
        assertThat(logs.get(0)).hasSameTextualContentAs(logs.get(1));
    }

    private Outcome outcome(TrainingLog log) {
        try {
            return run(log);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anAttemptThatSavedNothingIsNoProgress() {
        assertThatThrownBy(() -> run(atStep(step -> {
            throw new IllegalStateException("at once");
        }))).isInstanceOf(TaskFailed.class).hasMessageContaining("at once");
        assertThat(progress()).isZero();
    }

    @Test
    void aTrainingThatDivergesIsAResult() throws Exception {
        try (var session = WorkerFiles.session()) {
            var outcome = files.runner(session).run(task(files.model, files.text(), 1e30, Optional.empty())).outcome();
            assertThat(outcome).isInstanceOfSatisfying(Outcome.Diverged.class,
                    diverged -> assertThat(diverged.reason()).contains("must keep a finite loss"));
        }
    }

    @Test
    void anotherCheckpointOrTextIsRefused() {
        refused(task(new ModelReference("tiny", "0".repeat(64)), files.text(), 1e-3, Optional.empty()),
                "must be the checkpoint with fingerprint 0000");
        refused(task(files.model, new TextReference("text.txt", "0".repeat(64)), 1e-3, Optional.empty()),
                "must be the text with fingerprint 0000");
        refused(task(files.model, new TextReference("../runs", "0".repeat(64)), 1e-3, Optional.empty()), "must be a plain path");
    }

    @Test
    void howFarATrainingWasIsNotToldOfTheNext() throws Exception {
        var progress = new TrainingProgress(false);
        run(progress);
        assertThat(progress.latest()).hasValueSatisfying(told -> assertThat(told.step()).isEqualTo(STEPS));
        var command = task(files.model, files.text(), 3e-3, Optional.of(new TrainingCommand(List.of("false"), Duration.ZERO)));
        try (var session = WorkerFiles.session()) {
            assertThatThrownBy(() -> files.runner(session, true, progress).run(command)).isInstanceOf(TaskFailed.class);
        }
        assertThat(progress.latest()).isEmpty();
    }

    @Test
    void aCommandRunsOnlyWhereItIsAllowed() {
        refused(task(files.model, files.text(), 1e-3,
                Optional.of(new TrainingCommand(List.of("touch", directory.resolve("ran").toString()), Duration.ZERO))),
                "--allow-commands");
        assertThat(directory.resolve("ran")).doesNotExist();
    }

    @Test
    void nothingIsWrittenThroughALinkOutOfTheRunsRoot() throws Exception {
        var outside = Files.createDirectory(directory.resolve("outside"));
        Files.createSymbolicLink(files.runs.resolve("train"), outside);
        refused(task(), "must lie below --runs");
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aCommandThatFailsIsWorthAnotherTryAndFindsItsFiles() throws Exception {
        var script = Files.writeString(directory.resolve("train.sh"), """
                if [ -e "$LONGROPE_OUTPUT/half" ]; then
                  cp "$LONGROPE_MODEL"/* "$LONGROPE_OUTPUT"; echo goes on
                else
                  touch "$LONGROPE_OUTPUT/half"; exit 3
                fi
                """);
        var command = new TrainingCommand(List.of("sh", script.toString()), Duration.ZERO);
        var task = task(files.model, files.text(), 1e-3, Optional.of(command));
        try (var session = WorkerFiles.session()) {
            assertThatThrownBy(() -> files.runner(session, true, new WorkerFiles.SilentLog()).run(task)).isInstanceOf(TaskFailed.class)
                    .hasMessageContaining("exit code 3");
            var trained = (Outcome.Trained) files.runner(session, true, new WorkerFiles.SilentLog()).run(task).outcome();
            assertThat(trained.fingerprint()).as("this program changes nothing").isEqualTo(files.model.fingerprint());
            assertThat(Files.isSymbolicLink(files.runs.resolve(trained.directory()).resolve("model.safetensors"))).isFalse();
        }
    }

    private void refused(TrainTask task, String why) {
        try (var session = WorkerFiles.session()) {
            assertThatThrownBy(() -> files.runner(session).run(task)).isInstanceOf(TaskRefused.class).hasMessageContaining(why);
        }
    }

    private static Path stateDirectory(Path attempt) throws IOException {
        try (var trainings = Files.list(attempt.resolve("work"))) {
            return trainings.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }
}
