package io.longrope.evaluator.training;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.AdamW;
import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.TinyCheckpoint;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class FineTunerTest {

    private static final int[] TEXT = "the quick brown fox jumps over the lazy dog. the quick brown fox".chars().toArray();
    private static final Candidate CANDIDATE = new Candidate(RescaleFactors.of(1, 1.5, 2, 2), 0, 1.1);

    @TempDir
    Path directory;
    Path base;
    Path text;
    TokenStore store;

    private final ModelSession session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);

    @AfterEach
    void closeSession() {
        session.close();
    }

    @BeforeEach
    void writeInputs() throws IOException {
        base = TinyCheckpoint.write(directory.resolve("base"), TinyCheckpoint.config(), 7);
        text = directory.resolve("text.txt");
        store = TokenStore.at(directory.resolve("tokens"));
        Files.writeString(text, "the quick brown fox jumps over the lazy dog. ".repeat(40));
    }

    private FineTuneTask task(String output, int steps, int microBatch) {
        var settings = new TrainingSettings(steps, 4, microBatch, new AdamW(3e-3, Schedule.LINEAR, 2, 1.0, 0.1, 0.9, 0.95), 11, 3);
        return new FineTuneTask(base, CANDIDATE, 64, Corpus.of(text), settings, directory.resolve(output));
    }

    private static byte[] weights(FineTuneTask task) throws IOException {
        return Files.readAllBytes(task.output().resolve("model.safetensors"));
    }

    @Test
    void learnsTheTextItIsGiven() throws Exception {
        var losses = new ArrayList<Double>();
        var task = task("tuned", 40, 2);
        FineTuner.fineTune(session, task, store, 1, (step, loss, norm, rate, tokens) -> losses.add(loss));
        assertThat(losses).hasSize(40);
        assertThat(losses.get(39)).isLessThan(losses.get(0) - 1);
        assertThat(directory.resolve("tuned.training")).doesNotExist();

        assertThat(meanLoss(task.output(), TEXT)).isLessThan(meanLoss(base, TEXT) - 1);
    }

    private static double meanLoss(Path checkpoint, int[] tokens) {
        try (var decoder = Decoder.load(Checkpoint.open(checkpoint), new DecoderOptions(Precision.F32))) {
            double sum = 0;
            for (float loss : decoder.losses(tokens, CANDIDATE)) {
                sum += loss;
            }
            return sum / (tokens.length - 1);
        }
    }

    /** The trainer's forward pass and the decoder's are two pieces of script that must compute the same model. */
    @Test
    void firstLossIsTheDecoders() throws Exception {
        Files.writeString(text, "abcdefgh".repeat(9));
        var losses = new ArrayList<Double>();
        var settings = new TrainingSettings(1, 1, 1, new AdamW(1e-3, Schedule.CONSTANT, 0, 1.0, 0, 0.9, 0.95), 1, 1);
        // 71 of the 72 bytes after the start token: one window but for its first byte, of which there are two
        FineTuner.fineTune(session, new FineTuneTask(base, CANDIDATE, 70, Corpus.of(text), settings, directory.resolve("one")), store, 1,
                (step, loss, norm, rate, tokens) -> losses.add(loss));
        var expected = new ArrayList<Double>();
        for (int start = 0; start < 3; start++) {
            var tokens = new int[71];
            tokens[0] = 256;
            for (int i = 1; i < tokens.length; i++) {
                tokens[i] = "abcdefgh".charAt((start + i - 1) % 8);
            }
            expected.add(meanLoss(base, tokens));
        }
        assertThat(expected).anySatisfy(loss -> assertThat(losses.get(0)).isCloseTo(loss, within(1e-5)));
    }

    @Test
    void anInterruptedRunEndsWithTheSameBits() throws Exception {
        var undisturbed = task("undisturbed", 10, 2);
        FineTuner.fineTune(session, undisturbed, store, 1, (step, loss, norm, rate, tokens) -> { });

        for (int stopAfter : new int[] {1, 5, 9}) {
            var disturbed = task("disturbed" + stopAfter, 10, 2);
            assertThatThrownBy(() -> FineTuner.fineTune(session, disturbed, store, 1, (step, loss, norm, rate, tokens) -> {
                if (step == stopAfter) {
                    throw new IllegalStateException("power cut");
                }
            })).hasMessage("power cut");
            assertThat(disturbed.output()).doesNotExist();
            var steps = new ArrayList<Integer>();
            FineTuner.fineTune(session, disturbed, store, 1, (step, loss, norm, rate, tokens) -> steps.add(step));
            assertThat(steps.get(0)).isEqualTo((stopAfter - 1) / 3 * 3 + 1);
            assertThat(weights(disturbed)).isEqualTo(weights(undisturbed));
        }
    }

    @Test
    void anInterruptSavesTheStepsDone() throws Exception {
        var task = task("interrupted", 10, 2);
        assertThatThrownBy(() -> FineTuner.fineTune(session, task, store, 1, (step, loss, norm, rate, tokens) -> {
            if (step == 5) {
                Thread.currentThread().interrupt();
            }
        })).isInstanceOf(InterruptedException.class);
        var steps = new ArrayList<Integer>();
        FineTuner.fineTune(session, task, store, 1, (step, loss, norm, rate, tokens) -> steps.add(step));
        assertThat(steps).isEqualTo(List.of(6, 7, 8, 9, 10));
    }

    private FineTuneTask task(String output, Precision precision, boolean recompute, Optional<LoraSettings> lora,
            Optional<HeldOut> heldOut) {
        var settings = new TrainingSettings(10, 4, 2, new AdamW(3e-3, Schedule.LINEAR, 2, 1.0, 0.1, 0.9, 0.95), precision, recompute, 11,
                3);
        var sequences = new SequenceSettings(48, 64, SequenceSettings.Positions.POSE, 2, 0.25, 32, 0, OptionalInt.of(16));
        return new FineTuneTask(base, CANDIDATE, sequences, Corpus.of(text), settings, lora, heldOut, OptionalInt.of(64),
                directory.resolve(output));
    }

    @ParameterizedTest
    @CsvSource({"BF16, false, 0", "BF16, true, 2", "F32, true, 2"})
    void everyKindOfRunResumesToTheSameBits(Precision precision, boolean recompute, int rank) throws Exception {
        var lora = rank == 0 ? Optional.<LoraSettings>empty()
                : Optional.of(new LoraSettings(rank, 4, List.of(LoraSettings.Target.values())));
        var heldOut = Optional.of(new HeldOut(text, 2, 4));
        var undisturbed = task("undisturbed", precision, recompute, lora, heldOut);
        FineTuner.fineTune(session, undisturbed, store, 1, (step, loss, norm, rate, tokens) -> { });
        var disturbed = task("disturbed", precision, recompute, lora, heldOut);
        for (int stop : new int[] {2, 5}) {
            assertThatThrownBy(() -> FineTuner.fineTune(session, disturbed, store, 1, (step, loss, norm, rate, tokens) -> {
                if (step == stop) {
                    throw new IllegalStateException("power cut");
                }
            })).hasMessage("power cut");
        }
        try (var states = Files.list(directory.resolve("disturbed.training"))) {
            var state = states.filter(Files::isDirectory).toList().get(0).resolve("step-000003");
            assertThat(meanLoss(state, TEXT)).as("the state is a model").isLessThan(meanLoss(base, TEXT));
        }
        FineTuner.fineTune(session, disturbed, store, 1, (step, loss, norm, rate, tokens) -> { });
        assertThat(weights(disturbed)).isEqualTo(weights(undisturbed));
        assertThat(disturbed.output().resolve("training.jsonl")).hasSameTextualContentAs(undisturbed.output().resolve("training.jsonl"));
        assertThat(Checkpoint.open(disturbed.output()).tensor("model.norm.weight").type().name()).isEqualTo(precision.name());
        assertThat(Checkpoint.open(disturbed.output()).config().ropeConfiguration()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({"llama", "phi3"})
    void adaptersAreMergedIntoTheirTargetsOnly(String family) throws Exception {
        var config = new ModelConfig(family, ByteLevelTokenizer.VOCAB_SIZE, 32, 48, 2, 4, 2, 8, new RopeGeometry(8, 10000, 32),
                Optional.empty(), 32, 1e-5, false,
                AttentionBias.NONE, OptionalInt.of(ByteLevelTokenizer.BOS), OptionalInt.of(ByteLevelTokenizer.EOS));
        base = TinyCheckpoint.write(directory.resolve("own"), config, 7);
        var losses = new ArrayList<Double>();
        var heldOut = new ArrayList<Double>();
        var settings = new TrainingSettings(20, 4, 2, new AdamW(1e-2, Schedule.CONSTANT, 0, 1.0, 0, 0.9, 0.95), 11, 100);
        var lora = new LoraSettings(4, 8, List.of(LoraSettings.Target.Q, LoraSettings.Target.V, LoraSettings.Target.UP));
        var task = new FineTuneTask(base, CANDIDATE, SequenceSettings.contiguous(64), Corpus.of(text), settings, Optional.of(lora),
                Optional.of(new HeldOut(text, 2, 100)),
                OptionalInt.empty(), directory.resolve("adapted"));
        FineTuner.fineTune(session, task, store, 1, new TrainingListener() {
            @Override
            public void onStep(int step, double loss, double gradientNorm, double learningRate, long tokens) {
                losses.add(loss);
            }

            @Override
            public void onHeldOut(int step, double loss) {
                heldOut.add(loss);
            }
        });
        assertThat(losses.get(19)).isLessThan(losses.get(0) - 0.5);

        var before = Checkpoint.open(base);
        var after = Checkpoint.open(task.output());
        assertThat(after.names()).isEqualTo(before.names());
        for (var name : WeightName.stored(config)) {
            boolean adapted = lora.adapts(name.key());
            var values = name.open(after).toFloats();
            assertThat(Arrays.equals(values, name.open(before).toFloats())).as(name.id()).isEqualTo(!adapted);
        }
        // the selection share of the text, cut as anyone would, through the decoder: the merged weights are the adapted model
        var samples = new SampleSets(Root.of(directory, "data"), store)
                .cut(after.tokenizer(), config.bosTokenId(), "text.txt", SampleShare.SELECTION, 2, 65, 11);
        double merged = IntStream.range(0, 2).mapToDouble(i -> meanLoss(task.output(), samples.sample(i))).average().orElseThrow();
        assertThat(heldOut).hasSize(1);
        assertThat(heldOut.get(0)).isCloseTo(merged, within(1e-5));
    }

    @Test
    void trainingThatDivergesStopsAndSaysSo() {
        var settings = new TrainingSettings(10, 1, 1, new AdamW(1e30, Schedule.CONSTANT, 0, 1.0, 0, 0.9, 0.95), 11, 1);
        var task = new FineTuneTask(base, CANDIDATE, 32, Corpus.of(text), settings, directory.resolve("diverged"));
        assertThatThrownBy(() -> FineTuner.fineTune(session, task, store, 1, (step, loss, norm, rate, tokens) -> { }))
                .isInstanceOf(TrainingDiverged.class)
                .hasMessageStartingWith("training must keep a finite loss and gradient, but was");
        assertThat(task.output()).doesNotExist();
    }

    /** Steps far below bf16's resolution, which only float32 masters can add up. */
    @Test
    void mastersKeepWhatBfloat16CannotHold() throws Exception {
        var settings = new TrainingSettings(60, 1, 1, new AdamW(2e-5, Schedule.CONSTANT, 0, 1.0, 0, 0.9, 0.95), Precision.BF16, false, 11,
                100);
        var task = new FineTuneTask(base, CANDIDATE, 32, Corpus.of(text), settings, directory.resolve("slow"));
        FineTuner.fineTune(session, task, store, 1, (step, loss, norm, rate, tokens) -> { });
        var before = Checkpoint.open(base).tensor("model.norm.weight").toFloats();
        var after = Checkpoint.open(task.output()).tensor("model.norm.weight").toFloats();
        // near 1 a step of 2e-5 is a 200th of what bf16 tells apart, and 60 of them a third
        int moved = 0;
        for (int i = 0; i < before.length; i++) {
            float rounded = Float.intBitsToFloat((Float.floatToRawIntBits(before[i]) + 0x7fff
                    + ((Float.floatToRawIntBits(before[i]) >>> 16) & 1)) & 0xffff0000);
            moved += after[i] == rounded ? 0 : 1;
        }
        assertThat(moved).isBetween(3, before.length - 1);
    }

    @Test
    void twoRunsAreEqualToTheBit() throws Exception {
        var first = task("first", 6, 1);
        var second = task("second", 6, 1);
        FineTuner.fineTune(session, first, store, 1, (step, loss, norm, rate, tokens) -> { });
        FineTuner.fineTune(session, second, store, 1, (step, loss, norm, rate, tokens) -> { });
        assertThat(weights(first)).isEqualTo(weights(second));
    }

    /** A text that was changed under its name is another training, which does not go on from the other's state. */
    @Test
    void aChangedTextIsAnotherTraining() throws Exception {
        var task = task("changed", 6, 2);
        stopAfter(task, 4);
        Files.writeString(text, Files.readString(text).replace("fox", "cat"));
        var steps = new ArrayList<Integer>();
        FineTuner.fineTune(session, task("changed", 6, 2), store, 1, (step, loss, norm, rate, tokens) -> steps.add(step));
        assertThat(steps).containsExactly(1, 2, 3, 4, 5, 6);
    }

    private void stopAfter(FineTuneTask task, int stop) {
        assertThatThrownBy(() -> FineTuner.fineTune(session, task, store, 1, (step, loss, norm, rate, tokens) -> {
            if (step == stop) {
                throw new IllegalStateException("power cut");
            }
        })).hasMessage("power cut");
    }
}
