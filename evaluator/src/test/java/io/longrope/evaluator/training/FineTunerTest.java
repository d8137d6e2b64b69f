package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.TinyCheckpoint;
import io.longrope.search.evaluation.Precision;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

class FineTunerTest {

    private static final Candidate CANDIDATE = new Candidate(RescaleFactors.of(1, 1.5, 2, 2), 0, 1.1);

    @TempDir
    Path directory;
    Path base;
    Path text;

    @BeforeEach
    void writeInputs() throws IOException {
        Decoder.useThreads(1);
        base = TinyCheckpoint.write(directory.resolve("base"), TinyCheckpoint.config(), 7);
        text = directory.resolve("text.txt");
        Files.writeString(text, "the quick brown fox jumps over the lazy dog. ".repeat(40));
    }

    private FineTuneTask task(String output, int steps, int microBatch) {
        var settings = new TrainingSettings(steps, 4, microBatch, new AdamW(3e-3, Schedule.LINEAR, 2, 1.0, 0.1, 0.9, 0.95), 11, 3);
        return new FineTuneTask(base, CANDIDATE, 64, text, settings, directory.resolve(output));
    }

    private static byte[] weights(FineTuneTask task) throws IOException {
        return Files.readAllBytes(task.output().resolve("model.safetensors"));
    }

    @Test
    void learnsTheTextItIsGiven() throws Exception {
        var losses = new ArrayList<Double>();
        var task = task("tuned", 40, 2);
        FineTuner.fineTune(task, (step, loss, norm, rate, tokens) -> losses.add(loss));
        assertThat(losses).hasSize(40);
        assertThat(losses.get(39)).isLessThan(losses.get(0) - 1);
        assertThat(directory.resolve("tuned.training")).doesNotExist();

        var sample = "the quick brown fox jumps over the lazy dog. the quick brown fox".chars().toArray();
        assertThat(meanLoss(task.output(), sample)).isLessThan(meanLoss(base, sample) - 1);
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
        FineTuner.fineTune(new FineTuneTask(base, CANDIDATE, 70, text, settings, directory.resolve("one")),
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
        FineTuner.fineTune(undisturbed, (step, loss, norm, rate, tokens) -> { });

        for (int stopAfter : new int[] {1, 5, 9}) {
            var disturbed = task("disturbed" + stopAfter, 10, 2);
            assertThatThrownBy(() -> FineTuner.fineTune(disturbed, (step, loss, norm, rate, tokens) -> {
                if (step == stopAfter) {
                    throw new IllegalStateException("power cut");
                }
            })).hasMessage("power cut");
            assertThat(disturbed.output()).doesNotExist();
            var steps = new ArrayList<Integer>();
            FineTuner.fineTune(disturbed, (step, loss, norm, rate, tokens) -> steps.add(step));
            assertThat(steps.get(0)).isEqualTo((stopAfter - 1) / 3 * 3 + 1);
            assertThat(weights(disturbed)).isEqualTo(weights(undisturbed));
        }
    }

    @Test
    void anInterruptSavesTheStepsDone() throws Exception {
        var task = task("interrupted", 10, 2);
        assertThatThrownBy(() -> FineTuner.fineTune(task, (step, loss, norm, rate, tokens) -> {
            if (step == 5) {
                Thread.currentThread().interrupt();
            }
        })).isInstanceOf(InterruptedException.class);
        var steps = new ArrayList<Integer>();
        FineTuner.fineTune(task, (step, loss, norm, rate, tokens) -> steps.add(step));
        assertThat(steps).isEqualTo(List.of(6, 7, 8, 9, 10));
    }

    @Test
    void twoRunsAreEqualToTheBit() throws Exception {
        var first = task("first", 6, 1);
        var second = task("second", 6, 1);
        FineTuner.fineTune(first, (step, loss, norm, rate, tokens) -> { });
        FineTuner.fineTune(second, (step, loss, norm, rate, tokens) -> { });
        assertThat(weights(first)).isEqualTo(weights(second));
    }
}
