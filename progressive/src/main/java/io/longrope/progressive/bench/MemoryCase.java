package io.longrope.progressive.bench;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.RandomCheckpoint;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.training.TrainingBenchmark;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * A use of a Llama of random weights, whose planned memory is compared with what a process really takes.
 *
 * @param kind      what is done
 * @param width     of the model, a multiple of 64
 * @param layers    its layers
 * @param vocabulary its tokens
 * @param length    tokens of a sequence
 * @param precision of weights and activations
 * @param parallel  trained micro-batches beside each other, of one sequence each
 * @param recompute whether training computes layers again
 * @param loraRank  adapters of this rank are trained; 0 = all weights are
 * @param window    last positions that every layer sees, without training; 0 = all
 */
public record MemoryCase(Kind kind, int width, int layers, int vocabulary, int length, Precision precision, int parallel,
        boolean recompute, int loraRank, int window) {

    public static final int HEAD_WIDTH = 64;
    /** Queries share keys and values in fours, as in models of today. */
    private static final int GROUP = 4;
    private static final int ADDED = 4;
    private static final int STEPS = 2;

    /** What a model can be used for. */
    public enum Kind { SCORE, GENERATE, TRAIN }

    /** Half of them take more than 2 GiB. */
    public static final List<MemoryCase> USUAL = List.of(
            new MemoryCase(Kind.SCORE, 256, 2, 8000, 8192, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.SCORE, 64, 1, 256, 131_072, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.SCORE, 2048, 16, 32_000, 512, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.SCORE, 2048, 32, 32_000, 512, Precision.BF16, 1, false, 0, 0),
            new MemoryCase(Kind.SCORE, 1024, 4, 128_000, 2048, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.SCORE, 2048, 32, 32_000, 512, Precision.F16, 1, false, 0, 0),
            new MemoryCase(Kind.SCORE, 512, 4, 8000, 32_768, Precision.F32, 1, false, 0, 4096),
            new MemoryCase(Kind.GENERATE, 512, 16, 8000, 4096, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.GENERATE, 2048, 24, 32_000, 512, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.GENERATE, 1024, 16, 32_000, 2048, Precision.F16, 1, false, 0, 0),
            new MemoryCase(Kind.TRAIN, 512, 8, 8000, 1024, Precision.F32, 1, false, 0, 0),
            new MemoryCase(Kind.TRAIN, 512, 16, 32_000, 1024, Precision.F32, 1, true, 0, 0),
            new MemoryCase(Kind.TRAIN, 1024, 12, 32_000, 512, Precision.BF16, 1, false, 0, 0),
            new MemoryCase(Kind.TRAIN, 1024, 12, 32_000, 256, Precision.F32, 2, false, 0, 0),
            new MemoryCase(Kind.TRAIN, 2048, 24, 32_000, 256, Precision.BF16, 1, true, 16, 0),
            new MemoryCase(Kind.TRAIN, 512, 8, 8000, 1024, Precision.F32, 2, true, 8, 0));

    public MemoryCase {
        Require.atLeast(1, layers, "--layers");
        Require.atLeast(2, vocabulary, "--vocabulary");
        Require.atLeast(2 * ADDED, length, "--length");
        Require.atLeast(1, parallel, "--parallel");
        Require.that(kind != Kind.TRAIN || precision != Precision.F16, "--precision", "must be f32 or bf16 in training", precision);
        Require.that(window == 0 || kind != Kind.TRAIN, "--window", "must be 0 in training, which sees what the model sees", window);
    }

    public ModelConfig model() {
        int heads = width / HEAD_WIDTH;
        return llama(width, HEAD_WIDTH, layers, Optional.of(heads % GROUP == 0 ? heads / GROUP : heads), vocabulary);
    }

    /**
     * A Llama whose feed-forward network has 8/3 of its width.
     *
     * @param keyValueHeads heads of keys and values; empty = one for each of queries
     */
    public static ModelConfig llama(int width, int headWidth, int layers, Optional<Integer> keyValueHeads, int vocabulary) {
        Require.that(headWidth >= 2 && headWidth % 2 == 0, "--head-width", "must be an even number of at least 2", headWidth);
        Require.that(width >= headWidth && width % headWidth == 0, "--width", "must be a multiple of " + headWidth, width);
        int heads = width / headWidth;
        int feedForward = (8 * width / 3 + 255) / 256 * 256;
        return new ModelConfig("llama", vocabulary, width, feedForward, layers, heads, keyValueHeads.orElse(heads), headWidth,
                new RopeGeometry(headWidth, 10_000, 4096), Optional.empty(), 4096, 1e-5, false, AttentionBias.NONE, OptionalInt.empty(),
                OptionalInt.empty());
    }

    public MemoryPlan plan() {
        return MemoryPlan.of(model(), precision, use());
    }

    private ModelUse use() {
        return switch (kind) {
            case SCORE -> new ModelUse.Scoring(length, attention());
            case GENERATE -> new ModelUse.Generating(length, attention());
            case TRAIN -> training();
        };
    }

    private Attention attention() {
        return window == 0 ? Attention.TRAINED : new Attention.LastPositions(window);
    }

    private ModelUse.Training training() {
        return new ModelUse.Training(length, 1, parallel, recompute,
                loraRank == 0 ? Optional.empty()
                : Optional.of(new LoraSettings(loraRank, 2.0 * loraRank, List.of(LoraSettings.Target.values()))));
    }

    /** The checkpoint that {@link #run} opens; training needs none. */
    public void write(Path directory) throws IOException {
        if (kind != Kind.TRAIN) {
            RandomCheckpoint.write(directory, model(),
                    precision == Precision.F32 ? DataType.F32 : precision == Precision.BF16 ? DataType.BF16 : DataType.F16, 1);
        }
    }

    /** Does it once, as workers do; training in two steps, for the first makes room for the moments. */
    public void run(ModelSession session, Path directory) throws InterruptedException {
        var random = new SplittableRandom(1);
        var tokens = random.ints(length, 0, vocabulary).toArray();
        var candidate = Candidate.original(model().rope().pairs());
        var arithmetic = new Arithmetic(precision, Arithmetic.USUAL_CHUNK, 1);
        switch (kind) {
            case SCORE -> {
                try (var open = session.open(directory, Optional.empty(), arithmetic, use())) {
                    open.losses(tokens, candidate, attention());
                }
            }
            case GENERATE -> {
                try (var open = session.open(directory, Optional.empty(), arithmetic, use())) {
                    open.generate(Arrays.copyOf(tokens, length - ADDED), ADDED, candidate, attention());
                }
            }
            case TRAIN -> {
                var settings = new TrainingSettings(STEPS, 2 * parallel, 1, new AdamW(1e-4, Schedule.CONSTANT, 0, 1, 0, 0.9, 0.95),
                        precision, recompute, 1, 1);
                try (var memory = session.reserve(plan()); var benchmark =
                        new TrainingBenchmark(model(), settings, training(), memory, 1, System::nanoTime)) {
                    for (int step = 0; step < STEPS; step++) {
                        benchmark.step();
                    }
                }
            }
        }
    }

    /** The options of {@code bench memory} that describe it. */
    public List<String> arguments() {
        return List.of("--kind", kind.name(), "--width", "" + width, "--layers", "" + layers, "--vocabulary", "" + vocabulary, "--length",
                "" + length,
                "--precision", precision.name(), "--parallel", "" + parallel, "--recompute=" + recompute, "--lora-rank", "" + loraRank,
                "--window", "" + window);
    }

    /** For a table: {@code train, lora 16, recompute}. */
    public String label() {
        var seen = window > 0 ? ", the last " + window : "";
        return kind.name().toLowerCase(Locale.ROOT) + (kind == Kind.TRAIN ? (loraRank > 0 ? ", rank " + loraRank : ", all weights")
                + (recompute ? ", recompute" : "") + (parallel > 1 ? ", " + parallel + " beside each other" : "") : seen);
    }
}
