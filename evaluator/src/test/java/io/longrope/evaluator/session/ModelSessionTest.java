package io.longrope.evaluator.session;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.FactorSlopes;
import io.longrope.evaluator.decoder.LanguageModel;
import io.longrope.evaluator.decoder.TinyCheckpoint;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ModelSessionTest {

    private static final Arithmetic ARITHMETIC = new Arithmetic(Precision.F32, 64, 1);
    private static final ModelUse USE = new ModelUse.Scoring(32, Attention.TRAINED);

    @TempDir
    private Path directory;
    private Path one;
    private Path two;
    private final List<String> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void writeCheckpoints() throws IOException {
        one = TinyCheckpoint.write(directory.resolve("one"), TinyCheckpoint.config(), 1);
        two = TinyCheckpoint.write(directory.resolve("two"), TinyCheckpoint.config(), 2);
    }

    @Test
    void measuresAsTheDecoderAlone() throws InterruptedException {
        var tokens = TinyCheckpoint.tokens(40, 3);
        var candidate = Candidate.original(TinyCheckpoint.config().rope().pairs());
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL); var model = open(session, one);
             var decoder = Decoder.load(Checkpoint.open(one), new DecoderOptions(Precision.F32, 64))) {
            assertThat(model.losses(tokens, candidate, Attention.TRAINED)).isEqualTo(decoder.losses(tokens, candidate));
            assertThat(model.generate(tokens, 3, candidate, Attention.TRAINED)).isEqualTo(decoder.generate(tokens, 3, candidate));
        }
    }

    @Test
    void keepsTheModelsLastUsed() throws InterruptedException {
        try (var session = session(new ModelSession.Limits(1, OptionalLong.empty()))) {
            open(session, one).close();
            open(session, one).close();
            open(session, two).close();
            assertThat(session.loaded()).extracting(ModelSession.Loaded::directory).containsExactly(two);
        }
        assertThat(events).containsExactly("load one", "close one", "load two", "close two");
    }

    @Test
    void tellsWhatIsLoadedTheLastUsedFirst() throws InterruptedException {
        try (var session = session(ModelSession.Limits.USUAL)) {
            open(session, one).close();
            open(session, two).close();
            open(session, one).close();

            assertThat(session.loaded()).extracting(ModelSession.Loaded::directory).containsExactly(one, two);
        }
    }

    @Test
    void oneModelIsInMemoryOnceForAllThatUseIt() throws InterruptedException {
        try (var session = session(ModelSession.Limits.USUAL); var first = open(session, one); var second = open(session, one)) {
            assertThat(first.checkpoint()).isSameAs(second.checkpoint());
        }
        assertThat(events).containsExactly("load one", "close one");
    }

    @Test
    void refusesWhatDoesNotFitBeforeItLoads() {
        var plan = MemoryPlan.of(Device.CPU, TinyCheckpoint.config(), Precision.F32, 64, USE);
        try (var session = session(new ModelSession.Limits(2, OptionalLong.of(plan.total() - 1)))) {
            assertThatThrownBy(() -> open(session, one)).isInstanceOf(BadInput.class)
                    .hasMessageStartingWith("memory must hold an estimated ")
                    .hasMessageContaining("for scoring 32 tokens: process").hasMessageContaining("; choose a shorter length");
        }
        assertThat(events).isEmpty();
    }

    @Test
    void modelsNobodyUsesMakeRoom() throws InterruptedException {
        var plan = MemoryPlan.of(Device.CPU, TinyCheckpoint.config(), Precision.F32, 64, USE);
        try (var session = session(new ModelSession.Limits(2, OptionalLong.of(plan.total())))) {
            open(session, one).close();
            open(session, two).close();
        }
        assertThat(events).containsExactly("load one", "close one", "load two", "close two");
    }

    @Test
    void waitsForMemoryThatOthersUse() throws Exception {
        var plan = MemoryPlan.of(Device.CPU, TinyCheckpoint.config(), Precision.F32, 64, USE);
        try (var session = session(new ModelSession.Limits(2, OptionalLong.of(plan.total())))) {
            var used = open(session, one);
            var waiting = CompletableFuture.supplyAsync(() -> reservedBytes(session, plan));
            assertThat(waiting.completeOnTimeout("still waiting", 200, TimeUnit.MILLISECONDS).get()).isEqualTo("still waiting");
            used.close();
            assertThat(CompletableFuture.supplyAsync(() -> reservedBytes(session, plan)).get(60, TimeUnit.SECONDS)).isEqualTo("reserved");
        }
    }

    private static String reservedBytes(ModelSession session, MemoryPlan plan) {
        try (var reserved = session.reserve(plan)) {
            assertThat(reserved.device()).isEqualTo(Device.CPU);
            return "reserved";
        } catch (InterruptedException e) {
            return "interrupted";
        }
    }

    @Test
    void aFailedLoadLeavesNothingBehind() throws InterruptedException {
        var plan = MemoryPlan.of(Device.CPU, TinyCheckpoint.config(), Precision.F32, 64, USE);
        var fails = new boolean[] {true};
        try (var session = new ModelSession(Device.CPU, new ModelSession.Limits(2, OptionalLong.of(plan.total())),
                (checkpoint, options) -> {
            if (fails[0]) {
                throw new IllegalStateException("no memory");
            }
            return new NamedModel(checkpoint.config(), "one");
        })) {
            assertThatThrownBy(() -> open(session, one)).hasMessage("no memory");
            assertThat(session.loaded()).isEmpty();
            fails[0] = false;
            open(session, one).close();
        }
        assertThat(events).containsExactly("load one", "close one");
    }

    @Test
    void trainsAsManyMicroBatchesBesideEachOtherAsThereIsMemoryFor() {
        var settings = new TrainingSettings(1, 8, 1, new AdamW(1e-3, Schedule.CONSTANT, 0, 1, 0, 0.9, 0.95), 1, 1);
        var alone = ModelUse.Training.alone(32, settings, Optional.empty());
        long least = MemoryPlan.of(TinyCheckpoint.config(), Precision.F32, alone).total();
        for (long memory : new long[] {least - 1, least}) {
            try (var session = session(new ModelSession.Limits(2, OptionalLong.of(memory)))) {
                assertThat(session.training(TinyCheckpoint.config(), 32, settings, Optional.empty())).isEqualTo(alone);
            }
        }
        try (var session = session(new ModelSession.Limits(2, OptionalLong.of(1L << 40)))) {
            assertThat(session.training(TinyCheckpoint.config(), 32, settings, Optional.empty()).parallel())
                    .isEqualTo(Math.min(8, Runtime.getRuntime().availableProcessors()));
        }
    }

    @Test
    void refusesAnotherCheckpointThanTheOneAskedFor() {
        try (var session = session(ModelSession.Limits.USUAL)) {
            assertThatThrownBy(() -> session.open(one, Optional.of("0".repeat(64)), ARITHMETIC, USE)).isInstanceOf(BadInput.class)
                    .hasMessageContaining("must be the checkpoint with fingerprint 0000");
        }
        assertThat(events).isEmpty();
    }

    @Test
    void memoryOfADeviceThatDoesNotTellIsNotTakenForEndless() throws InterruptedException {
        var gpu = Device.FIRST_GPU;
        var unknown = session(gpu, ModelSession.Limits.USUAL);
        if (gpu.memoryBytes().isEmpty()) {
            assertThatThrownBy(() -> open(unknown, one)).isInstanceOf(BadInput.class)
                    .hasMessage("memory of gpu:0 must be known, but was not told by its driver; say with --memory-limit how much of it "
                    + "may be used");
            assertThat(events).isEmpty();
        }
        unknown.close();
        try (var limited = session(gpu, new ModelSession.Limits(2, OptionalLong.of(1L << 40)))) {
            open(limited, one).close();
        }
        assertThat(events).containsExactly("load one", "close one");
    }

    @Test
    void closingWaitsForWhatIsInUse() throws Exception {
        var session = session(ModelSession.Limits.USUAL);
        var used = open(session, one);
        var begun = new CountDownLatch(1);
        var closing = CompletableFuture.runAsync(() -> {
            begun.countDown();
            session.close();
            events.add("session closed");
        });
        begun.await();
        events.add("given back");
        used.close();
        closing.get(60, TimeUnit.SECONDS);

        assertThat(events).containsExactly("load one", "given back", "close one", "session closed");
        assertThatThrownBy(() -> open(session, one)).isInstanceOf(BadInput.class).hasMessageContaining("session must be open");
    }

    private static OpenModel open(ModelSession session, Path checkpoint) throws InterruptedException {
        return session.open(checkpoint, Optional.empty(), ARITHMETIC, USE);
    }

    private ModelSession session(ModelSession.Limits limits) {
        return session(Device.CPU, limits);
    }

    private ModelSession session(Device device, ModelSession.Limits limits) {
        return new ModelSession(device, limits,
                (checkpoint, options) -> new NamedModel(checkpoint.config(), checkpoint.path().getFileName().toString()));
    }

    /** Tells when it is loaded and closed, and has no weights. */
    private final class NamedModel implements LanguageModel {

        private final ModelConfig config;
        private final String name;

        private NamedModel(ModelConfig config, String name) {
            this.config = config;
            this.name = name;
            events.add("load " + name);
        }

        @Override
        public ModelConfig config() {
            return config;
        }

        @Override
        public float[] losses(int[] tokens, Candidate candidate, Attention attention) {
            throw new UnsupportedOperationException("this fake has no losses");
        }

        @Override
        public FactorSlopes slopes(int[] tokens, Candidate candidate) {
            throw new UnsupportedOperationException("this fake has no slopes");
        }

        @Override
        public int[] generate(int[] prompt, int count, Candidate candidate, Attention attention) {
            throw new UnsupportedOperationException("this fake does not generate");
        }

        @Override
        public LanguageModel with(int chunk, int threads) {
            return this;
        }

        @Override
        public void close() {
            events.add("close " + name);
        }
    }
}
