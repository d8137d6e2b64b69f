package io.longrope.evaluator.decoder;

import io.longrope.search.work.Arithmetic;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.training.internal.FirstWeights;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.TrainingSettings;
import io.longrope.evaluator.training.internal.Sequence;
import io.longrope.evaluator.training.internal.Trainer;
import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** Methods of attention and position encodings against the dense definitions frozen by src/test/scripts/freeze_attention.py. */
class AttentionParityTest {

    private static final int CASES = 16;

    @TempDir
    Path directory;

    static List<Path> cases() throws IOException, URISyntaxException {
        try (var files = Files.list(Path.of(AttentionParityTest.class.getResource("/io/longrope/evaluator/attention").toURI()))) {
            var cases = files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
            assertThat(cases).hasSize(CASES);
            return cases;
        }
    }

    private static Golden golden(String name) throws IOException, URISyntaxException {
        return new Golden(cases().stream().filter(file -> file.endsWith(name + ".json")).findFirst().orElseThrow());
    }

    private static Attention attention(Golden golden, Checkpoint checkpoint) {
        return golden.method().map(method -> Attentions.named(method, checkpoint.config().maxPositions())).orElse(Attention.TRAINED);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void losesWhatTheDefinitionLoses(Path file) {
        var golden = new Golden(file);
        var checkpoint = golden.checkpoint(directory);

        for (int chunk : new int[] {Arithmetic.USUAL_CHUNK, 16, 7, 1}) {
            try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, chunk))) {
                var losses = decoder.losses(golden.tokens(), golden.candidate(checkpoint), attention(golden, checkpoint));
                for (int i = 0; i < losses.length; i++) {
                    assertThat((double) losses[i]).as("chunk %d, token %d", chunk, i + 1).isCloseTo(golden.losses()[i], within(2e-4));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void ownsTheLogitsOfTheDefinition(Path file) {
        var golden = new Golden(file);
        var checkpoint = golden.checkpoint(directory);

        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, 16))) {
            var logits = decoder.nextLogits(golden.tokens(), golden.candidate(checkpoint), attention(golden, checkpoint));
            double largest = Arrays.stream(golden.lastLogits()).map(Math::abs).max().orElseThrow();
            for (int i = 0; i < logits.length; i++) {
                assertThat((double) logits[i]).as("logit %d", i).isCloseTo(golden.lastLogits()[i], within(1e-4 * largest));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"window", "sinks", "rerope", "leaky-rerope", "alibi", "xpos", "hwfa", "hwfa-rerope"})
    void generatesWhatWholePassesWouldChoose(String name) throws IOException, URISyntaxException {
        var golden = golden(name);
        var checkpoint = golden.checkpoint(directory);
        var candidate = golden.candidate(checkpoint);
        var attention = attention(golden, checkpoint);

        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, 16))) {
            var sequence = Arrays.copyOf(golden.tokens(), 10);
            for (int token : decoder.generate(sequence, 40, candidate, attention)) {
                var logits = decoder.nextLogits(sequence, candidate, attention);
                assertThat(IntStream.range(0, logits.length).boxed().max(Comparator.comparing(i -> logits[i]))).hasValue(token);
                sequence = Arrays.copyOf(sequence, sequence.length + 1);
                sequence[sequence.length - 1] = token;
            }
            assertThat(sequence).as("beyond every window").hasSizeGreaterThan(16);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"window", "sinks", "rerope", "leaky-rerope", "alibi", "xpos", "hwfa", "hwfa-rerope"})
    void everyMethodShows(String name) throws IOException, URISyntaxException {
        var plain = golden("plain");
        var losses = golden(name).losses();
        assertThat(IntStream.range(0, losses.length).mapToDouble(i -> Math.abs(losses[i] - plain.losses()[i])).max().orElseThrow())
                .isGreaterThan(0.05);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sinks", "rerope", "alibi", "xpos", "hwfa-rerope"})
    void halfPrecisionStaysNear(String name) throws IOException, URISyntaxException {
        var golden = golden(name);
        var checkpoint = golden.checkpoint(directory);

        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.BF16, 16))) {
            var losses = decoder.losses(golden.tokens(), golden.candidate(checkpoint), attention(golden, checkpoint));
            double mean = IntStream.range(0, losses.length).mapToDouble(i -> losses[i]).average().orElseThrow();
            assertThat(mean).isCloseTo(golden.meanLoss(), within(0.03 * golden.meanLoss()));
        }
    }

    /** The first training step reports the loss of the weights it begins with. */
    @ParameterizedTest
    @ValueSource(strings = {"plain", "alibi", "alibi-3-heads", "xpos", "hwfa", "hwfa-rerope"})
    void trainingComputesTheLossOfTheDecoder(String name) throws IOException, URISyntaxException, InterruptedException {
        var golden = golden(name);
        var checkpoint = golden.checkpoint(directory);
        var config = checkpoint.config();
        var original = Candidate.original(config.rope().pairs());
        // beyond the windows, and as long as it is trained with
        int length = 32;
        var settings = new TrainingSettings(1, 2, 1, new AdamW(1e-3, Schedule.COSINE, 0, 1, 0.1, 0.9, 0.95), 7, 10);
        var sequences = List.of(Arrays.copyOf(golden.tokens(), length + 1), Arrays.copyOfRange(golden.tokens(), 20, 20 + length + 1));

        double expected = 0;
        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, 16))) {
            for (var sequence : sequences) {
                var losses = decoder.losses(sequence, original);
                expected += IntStream.range(0, losses.length).mapToDouble(i -> losses[i]).average().orElseThrow() / 2;
            }
        }
        var found = new double[1];
        var use = ModelUse.Training.alone(length, settings, Optional.empty()).with(2);
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL);
             var memory = session.reserve(MemoryPlan.of(config, settings.precision(), use));
             var trainer = new Trainer(config, FirstWeights.of(checkpoint), original,
                     (step, count) -> sequences.stream().map(Sequence::of).toList(), settings, use, memory, 1)) {
            trainer.advance((step, loss, norm, rate, count) -> found[0] = loss);
        }
        assertThat(found[0]).isCloseTo(expected, within(1e-5 * expected));
    }

    @Test
    void namesAndParametersAreChecked() {
        assertThat(Attentions.named("rerope:window=100", 256)).isEqualTo(new Attention.ReRope(100, QueryScaling.LOG_N));
        assertThat(Attentions.named("leaky-rerope", 256)).isEqualTo(new Attention.ReRope(128, OptionalDouble.empty(), QueryScaling.LOG_N));
        assertThat(Attentions.named("sinks", 256)).isEqualTo(new Attention.Sinks(4, 252));
        assertThat(Attentions.named("window", 256)).isEqualTo(new Attention.LastPositions(256));
        assertThatThrownBy(() -> Attentions.named("sink", 256)).isInstanceOf(BadInput.class).hasMessageContaining("did you mean 'sinks'?");
        assertThatThrownBy(() -> Attentions.named("rerope:windw=3", 256)).isInstanceOf(BadInput.class)
                .hasMessageContaining("did you mean 'window'?");
        assertThatThrownBy(() -> Attentions.named("rerope:window=0", 256)).isInstanceOf(BadInput.class)
                .hasMessageContaining("window must be at least 1");
        assertThatThrownBy(() -> Attentions.named("window:window=1.5", 256)).isInstanceOf(BadInput.class)
                .hasMessageContaining("whole number");
        assertThatThrownBy(() -> Attentions.named("leaky-rerope:factor=0.5", 256)).isInstanceOf(BadInput.class)
                .hasMessageContaining("factor must be at least 1");
    }

    @Test
    void onlyRopeModelsTakeMethodsAndCandidates() throws IOException, URISyntaxException {
        var golden = golden("alibi");
        var checkpoint = golden.checkpoint(directory);
        assertThat(checkpoint.config().positions()).isEqualTo(PositionEncoding.ALIBI);

        try (var decoder = Decoder.load(checkpoint, new DecoderOptions(Precision.F32, 16))) {
            assertThatThrownBy(() -> decoder.losses(golden.tokens(), new Candidate(RescaleFactors.of(1, 1, 2, 2), 0, 1)))
                    .isInstanceOf(BadInput.class).hasMessageContaining("must have RoPE for any method but original, but was alibi");
            assertThatThrownBy(() -> decoder.losses(golden.tokens(), Candidate.original(4), new Attention.LastPositions(8)))
                    .isInstanceOf(BadInput.class).hasMessageContaining("must have RoPE");
        }
    }
}
