package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.TinyCheckpoint;
import io.longrope.evaluator.decoder.internal.BrokenDevice;
import io.longrope.evaluator.decoder.internal.BrokenDevice.Failure;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.DeviceOutOfMemory;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Precision;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.Retrieval;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskMeter;
import io.longrope.search.work.TaskRefused;
import io.longrope.search.work.TrainTask;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.Waiting;
import io.longrope.search.work.WorkQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Memory that runs out, and a device that breaks, at each place where a session asks for memory: what was taken is given back, the ledger
 * is told what its table says, and the next task on the same session comes to the result it always comes to.
 */
@Timeout(300)
class FailuresTest {

    private static final Candidate ORIGINAL = Candidate.original(32);
    /** Several chunks in a sample. */
    private static final Arithmetic ARITHMETIC = new Arithmetic(Precision.F32, 16, 1);
    /** 26 MiB of weights: whoever keeps a model, its gradients or moments keeps more than that, and caches of a library keep less. */
    private static final long KEPT = 8 << 20;
    private static final ModelConfig MODEL = new ModelConfig("llama", ByteLevelTokenizer.VOCAB_SIZE, 512, 1408, 2, 8, 4, 64,
            new RopeGeometry(64, 10_000, 64), Optional.empty(), 64, 1e-5, false, AttentionBias.NONE,
            OptionalInt.of(ByteLevelTokenizer.BOS), OptionalInt.of(ByteLevelTokenizer.EOS));

    @TempDir
    static Path directory;
    private static WorkerFiles files;
    private static ModelReference model;
    private static ModelSession session;
    private static ModelTaskRunner runner;
    private static final Map<Kind, Outcome> UNDISTURBED = new EnumMap<>(Kind.class);

    /** Tasks by what they go through. */
    enum Kind { SCORE, GENERATE, TRAIN, TRAIN_BY_LAYERS, TRAIN_ADAPTERS }

    /** Where it fails. */
    @FunctionalInterface
    private interface Breaking {

        BrokenDevice with(Failure failure);
    }

    /** @param name for reports */
    private record Place(String name, Kind kind, Breaking breaking) {

        @Override
        public String toString() {
            return kind + ": " + name;
        }
    }

    private static Place at(Kind kind, String name, String place, int nth) {
        return new Place(name, kind, failure -> BrokenDevice.at(place, nth, failure));
    }

    private static Place inside(Kind kind, String name, String line, String condition) {
        return new Place(name, kind, failure -> BrokenDevice.inside(line, condition, failure));
    }

    static Stream<Place> places() {
        return Stream.of(
                at(Kind.SCORE, "room for a weight", "room", 3),
                at(Kind.SCORE, "a part of a weight's file", "stored values", 9),
                at(Kind.SCORE, "a weight converted", "put", 12),
                at(Kind.SCORE, "token ids", "integers", 1),
                at(Kind.SCORE, "targets", "integers", 2),
                at(Kind.SCORE, "positions", "doubles", 1),
                at(Kind.SCORE, "cos and sin", "rotary_tables", 1),
                at(Kind.SCORE, "cos and sin put together", "join", 2),
                at(Kind.SCORE, "hidden states", "embed", 1),
                at(Kind.SCORE, "the second layer", "layer", 2),
                inside(Kind.SCORE, "values of a layer", "    values = (self).new_cache(x, T, key_heads, head_width) ", "True"),
                inside(Kind.SCORE, "attention of the second chunk", "      seen_keys = torch.narrow(keys, 0, 0, start + s + n) ", "i == 1"),
                inside(Kind.SCORE, "feed-forward of the third chunk", "      h = (self).normed(rows, w[\"feed_forward_norm\"]", "i == 2"),
                at(Kind.SCORE, "losses", "losses", 1),
                inside(Kind.SCORE, "logits", "      z = (self).logits(torch.narrow(x, 0, s, n), w, eps) ", "True"),
                at(Kind.GENERATE, "values of the second layer", "new_cache", 4),
                at(Kind.GENERATE, "the second layer of the prompt", "layer_after", 2),
                at(Kind.GENERATE, "a token more", "integers", 2),
                inside(Kind.GENERATE, "the first layer of a token more", "    T = torch.size(x, 0)\n    outgrown = window\n", "start > 0"),
                at(Kind.GENERATE, "logits of a token more", "logits", 2),
                at(Kind.TRAIN, "a weight", "put", 12),
                at(Kind.TRAIN, "moments", "zeros", 9),
                at(Kind.TRAIN, "cos and sin", "rotary_tables", 1),
                at(Kind.TRAIN, "token ids", "integers", 1),
                at(Kind.TRAIN, "targets of the second micro-batch", "integers", 4),
                at(Kind.TRAIN, "gradients of the second micro-batch", "gradients", 2),
                inside(Kind.TRAIN, "queries of a layer", "    o = (self).document_attention(q, k, v, cos, sin, documents, w) ", "True"),
                inside(Kind.TRAIN, "gradients found", "    found = torch.grad([loss], parameters)", "True"),
                at(Kind.TRAIN, "gradients summed", "accumulate", 1),
                at(Kind.TRAIN, "the update", "update", 1),
                at(Kind.TRAIN_BY_LAYERS, "the input of the second layer", "training_layer", 2),
                at(Kind.TRAIN_BY_LAYERS, "gradients of the end", "end_gradients", 1),
                at(Kind.TRAIN_BY_LAYERS, "gradients of the first layer", "layer_gradients", 2),
                inside(Kind.TRAIN_BY_LAYERS, "a layer computed again", "    found = torch.grad([y], sources, ", "True"),
                at(Kind.TRAIN_BY_LAYERS, "gradients of the embedding", "embedding_gradient", 1),
                at(Kind.TRAIN_ADAPTERS, "adapters", "floats", 6),
                at(Kind.TRAIN_ADAPTERS, "an adapter's own memory", "copy", 9));
    }

    @BeforeAll
    static void runUndisturbed() throws Exception {
        files = new WorkerFiles(directory);
        var checkpoint = TinyCheckpoint.write(files.models.resolve("large"), MODEL, 3);
        model = new ModelReference("large", Checkpoint.open(checkpoint).fingerprint());
        session = WorkerFiles.session();
        runner = files.runner(session);
        for (var kind : Kind.values()) {
            UNDISTURBED.put(kind, outcome(kind));
        }
        session.freeIdle();
    }

    @AfterAll
    static void close() {
        session.close();
    }

    private static Task task(Kind kind) {
        return switch (kind) {
            case SCORE -> score(0);
            case GENERATE -> new GenerateTask(model, Retrieval.PASSKEY, 600, 0.5, 1, 7, ORIGINAL, OptionalInt.empty(), ARITHMETIC);
            case TRAIN -> training(kind, false, Optional.empty());
            case TRAIN_BY_LAYERS -> training(kind, true, Optional.empty());
            case TRAIN_ADAPTERS -> training(kind, false, Optional.of(new LoraSettings(4, 8, List.of(LoraSettings.Target.values()))));
        };
    }

    private static ScoreTask score(int index) {
        return ScoreTask.whole(model, files.sample(index, 48), Objective.PERPLEXITY, ORIGINAL, ARITHMETIC);
    }

    /** Of a seed of its own for each, as a training that is finished is not done again. */
    private static TrainTask training(Kind kind, boolean recompute, Optional<LoraSettings> lora) {
        var settings = new TrainingSettings(1, 4, 2, new AdamW(1e-3, Schedule.LINEAR, 0, 1.0, 0.1, 0.9, 0.95), Precision.F32, recompute,
                kind.ordinal(), 1);
        var table = new FactorTable("large", MODEL.rope(), List.of(TableEntry.of(128, Measured.unmeasured(ORIGINAL))), List.of());
        return new TrainTask("tune", model, ORIGINAL, table, files.text(), SequenceSettings.contiguous(48), settings, lora,
                Optional.empty(), Optional.empty(), 1);
    }

    /** What a training has written is gone before the next. */
    private static Outcome outcome(Kind kind) throws InterruptedException {
        try {
            var outcome = runner.run(task(kind)).outcome();
            return outcome instanceof Outcome.Trained trained ? new Outcome.Trained("any", trained.fingerprint()) : outcome;
        } finally {
            deleteTrainings();
        }
    }

    private static void deleteTrainings() {
        try {
            Directories.delete(files.runs.resolve("train"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("places")
    void memoryThatRunsOutIsGivenBackAndTheTaskGoesToALargerDevice(Place place) throws InterruptedException {
        var failure = failure(place, Failure.OUT_OF_MEMORY);

        assertThat(failure).isInstanceOf(DeviceOutOfMemory.class).hasMessageContaining("ran out of the 4.00 GiB of cpu");
    }

    @ParameterizedTest
    @MethodSource("places")
    void whatADeviceThatBrokeHeldIsGivenBackAndTheTaskIsWorthAnotherTry(Place place) throws InterruptedException {
        var failure = failure(place, Failure.DEVICE_ERROR);

        assertThat(failure).isInstanceOf(RuntimeException.class)
                .isNotInstanceOfAny(DeviceOutOfMemory.class, TaskRefused.class, BadInput.class)
                .hasStackTraceContaining(BrokenDevice.ILLEGAL_ACCESS);
    }

    /** The failure, and with the device in order again the same task on the same session. */
    private static Throwable failure(Place place, Failure failure) throws InterruptedException {
        Throwable thrown;
        long kept;
        int times = 0;
        do {
            session.freeIdle();
            long before = settled(Long.MAX_VALUE);
            try (var broken = place.breaking().with(failure)) {
                thrown = catchThrowable(() -> outcome(place.kind()));
            }
            assertThat(thrown).as("nothing asked for memory at this place: %s", place).isNotNull();
            if (failure == Failure.OUT_OF_MEMORY) {
                assertThat(session.loaded()).as("it has let go of what it held").isEmpty();
            }
            session.freeIdle();
            kept = settled(before + KEPT) - before;
            // buffers of the Java compiler and of libraries stay for a while now and then; what a task forgets stays every time
        } while (kept >= KEPT && ++times < 4);
        assertThat(kept).as("bytes that stay after each of %d failures at this place: %s", times, place).isLessThan(KEPT);
        assertThat(outcome(place.kind())).isEqualTo(UNDISTURBED.get(place.kind()));
        return thrown;
    }

    /**
     * Native memory once it is below a limit, or after ten seconds: Java's own buffers outside its heap wait for the garbage collector and
     * then for a thread of its, and threads that ended a moment ago still hold buffers of libraries.
     */
    private static long settled(long limit) throws InterruptedException {
        System.gc();
        for (int i = 1; i < 100 && NativeMemory.bytes() >= limit; i++) {
            TimeUnit.MILLISECONDS.sleep(100);
            if (i % 20 == 0) {
                System.gc();
            }
        }
        return NativeMemory.bytes();
    }

    /** Ledger, queue and worker's loop: the one refuses, the job waits and says why; a larger device does it. */
    @Test
    void aJobThatIsTooLargeForOneDeviceIsDoneByAnother() throws Exception {
        var waits = new LinkedBlockingQueue<String>();
        try (var work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
             var tasks = work.open("job", new LedgerRules(1, Optional.empty()), telling(waits));
             var broken = BrokenDevice.at("layer", 2, Failure.OUT_OF_MEMORY, "small");
             var small = new Worker(work, "small", TaskLoop.Habits.usual(Optional::empty))) {
            var asked = tasks.submit(List.of(score(0))).get(0);
            assertThat(waits.poll(120, TimeUnit.SECONDS)).contains("small says", "ran out of the 4.00 GiB of cpu");
            try (var large = new Worker(work, "large", TaskLoop.Habits.usual(Optional::empty))) {
                var result = asked.get(120, TimeUnit.SECONDS);
                assertThat(result.worker()).isEqualTo("large");
                assertThat(result.outcome()).isEqualTo(UNDISTURBED.get(Kind.SCORE));
            }
        }
    }

    /** The same of a device that broke: it fails its test of itself and stays out, others do its tasks; in order again it comes back. */
    @Test
    void aDeviceThatFailsItsTestOfItselfStaysOut() throws Exception {
        try (var work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
             var one = work.open("one", new LedgerRules(100, Optional.empty()), WaitListener.NONE);
             var two = work.open("two", new LedgerRules(100, Optional.empty()), WaitListener.NONE)) {
            try (var broken = BrokenDevice.at("layer", 1, Failure.DEVICE_ERROR, "sick");
                 var own = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
                 var sick = new Worker(work, "sick", new TaskLoop.Habits(3, new KnownTask(own), Duration.ofMillis(10),
                         Duration.ofMillis(10), Duration.ofMillis(10), Duration.ofMillis(20)))) {
                var first = one.submit(List.of(score(1))).get(0);
                var second = two.submit(List.of(score(2))).get(0);
                await(() -> sick.meter.read().stopped().filter(why -> why.contains("trying itself: ")
                        && why.contains(BrokenDevice.ILLEGAL_ACCESS)).isPresent(), "it failed its test of itself");
                try (var healthy = new Worker(work, "healthy", TaskLoop.Habits.usual(Optional::empty))) {
                    assertThat(first.get(120, TimeUnit.SECONDS).worker()).isEqualTo("healthy");
                    assertThat(second.get(120, TimeUnit.SECONDS).worker()).isEqualTo("healthy");
                }
                assertThat(sick.meter.read().stopped()).as("it still asks for no work").isPresent();
                broken.close();
                assertThat(one.submit(List.of(score(3))).get(0).get(120, TimeUnit.SECONDS).worker()).isEqualTo("sick");
            }
        }
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }

    private static WaitListener telling(BlockingQueue<String> waits) {
        return new WaitListener() {
            @Override
            public void waits(Waiting waiting) {
                waits.add(waiting.line());
            }

            @Override
            public void goesOn() {
            }
        };
    }

    /** A thread that takes tasks of its queue until it is closed, with a session of its own. */
    private static final class Worker implements AutoCloseable {

        private final WorkQueue queue;
        private final TaskMeter meter = new TaskMeter();
        private final ModelSession own = WorkerFiles.session();
        private final TaskLoop loop;
        private final Thread thread;

        private Worker(InMemoryWork work, String name, TaskLoop.Habits habits) {
            queue = work.join(name, EnumSet.allOf(TaskClass.class));
            loop = new TaskLoop(queue, files.runner(own), meter, habits, Clock.systemUTC());
            thread = new Thread(loop, name);
            thread.start();
        }

        @Override
        public void close() throws InterruptedException {
            loop.stop();
            thread.interrupt();
            thread.join();
            queue.close();
            own.close();
        }
    }
}
