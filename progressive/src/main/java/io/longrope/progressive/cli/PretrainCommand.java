package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.evaluator.training.AdamW;
import io.longrope.evaluator.training.Pretrainer;
import io.longrope.evaluator.training.Schedule;
import io.longrope.evaluator.training.TrainingSettings;
import io.longrope.search.evaluation.Precision;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Trains a small byte-level Llama from nothing, as the shipped models were. */
@Command(name = "pretrain", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Trains a small byte-level model of the Llama architecture, with RoPE or other positions, and saves it.",
        footer = {"", "Example: longrope pretrain --text evaluator/target/text/training --steps 200 --output /tmp/model"})
final class PretrainCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(PretrainCommand.class);
    private static final int REPORT_EVERY = 50;
    private static final int HYBRID_WINDOW_SHARE = 4;

    private final Main.Console console;

    @Option(names = "--text", required = true, paramLabel = "PATH", description = "Training text: a file, an archive of sources, or a directory of them.")
    private Path text;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Directory to write; must not exist.")
    private Path output;

    @Option(names = "--architecture", paramLabel = "NAME", defaultValue = "rope", description = "How it tells positions: rope, alibi, xpos, hwfa,"
            + " hwfa-rerope (default: ${DEFAULT-VALUE}). In the last two every layer but the last has a sliding window of a quarter of --window.")
    private String architecture;

    @Option(names = "--layers", defaultValue = "4", description = "Decoder layers (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--width", defaultValue = "128", description = "Hidden size (default: ${DEFAULT-VALUE}).")
    private int width;

    @Option(names = "--inner-width", defaultValue = "480", description = "Feed-forward size (default: ${DEFAULT-VALUE}).")
    private int innerWidth;

    @Option(names = "--heads", defaultValue = "4", description = "Query heads (default: ${DEFAULT-VALUE}).")
    private int heads;

    @Option(names = "--key-heads", defaultValue = "2", description = "Key and value heads (default: ${DEFAULT-VALUE}).")
    private int keyHeads;

    @Option(names = "--window", defaultValue = "256", paramLabel = "TOKENS", description = "Context window (default: ${DEFAULT-VALUE}).")
    private int window;

    @Option(names = "--theta", defaultValue = "10000", description = "Base of the rotary frequencies (default: ${DEFAULT-VALUE}).")
    private double theta;

    @Option(names = "--steps", defaultValue = "5000", description = "Optimizer steps (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--batch", defaultValue = "16", description = "Sequences per step (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--micro-batch", defaultValue = "8", description = "Sequences per thread at a time (default: ${DEFAULT-VALUE}).")
    private int microBatch;

    @Option(names = "--learning-rate", defaultValue = "3e-3", description = "Peak learning rate (default: ${DEFAULT-VALUE}).")
    private double learningRate;

    @Option(names = "--warmup", defaultValue = "100", description = "Warm-up steps (default: ${DEFAULT-VALUE}).")
    private int warmup;

    @Option(names = "--schedule", paramLabel = "NAME", defaultValue = "cosine", description = "constant, linear (to 0) or cosine (to a tenth) after the warm-up"
            + " (default: ${DEFAULT-VALUE}).")
    private Schedule schedule;

    @Option(names = "--clip", paramLabel = "NORM", defaultValue = "1", description = "Largest global norm of the gradient (default: ${DEFAULT-VALUE}).")
    private double clip;

    @Option(names = "--weight-decay", paramLabel = "RATE", defaultValue = "0.1", description = "Decoupled decay of matrices (default: ${DEFAULT-VALUE}).")
    private double weightDecay;

    @Option(names = "--beta1", paramLabel = "B", defaultValue = "0.9", description = "AdamW's decay of the first moment (default: ${DEFAULT-VALUE}).")
    private double beta1;

    @Option(names = "--beta2", paramLabel = "B", defaultValue = "0.95", description = "AdamW's decay of the second moment (default: ${DEFAULT-VALUE}).")
    private double beta2;

    @Option(names = "--precision", paramLabel = "FORMAT", defaultValue = "f32", description = "f32, or bf16 with master weights in f32 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(names = "--recompute", description = "Keep the inputs of layers only and compute each layer again. Less memory, more time.")
    private boolean recompute;

    @Option(names = "--checkpoint-every", paramLabel = "STEPS", defaultValue = "500", description = "Steps between states to go on from (default: ${DEFAULT-VALUE}).")
    private int checkpointEvery;

    @Option(names = "--seed", defaultValue = "1", description = "Seed of weights and data order (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private LogOptions log;

    PretrainCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        if (Files.exists(output)) {
            throw new BadInput("--output", "must not exist", output, "name another directory or remove it");
        }
        var config = config();
        var optimizer = new AdamW(learningRate, schedule, Math.min(warmup, steps), clip, weightDecay, beta1, beta2);
        var settings = new TrainingSettings(steps, batch, microBatch, optimizer, precision, recompute, seed, checkpointEvery);
        int[] tokens = tokens();
        LOG.info("{} bytes of text, {} parameters, {} steps of {} tokens", tokens.length, config.parameters(), steps, (long) batch * window);
        Decoder.useThreads(1);
        var mean = new double[1];
        Pretrainer.pretrain(config, tokens, settings, ByteLevelTokenizer.files(), output, (step, loss, norm, rate, count) -> {
            mean[0] += loss / REPORT_EVERY;
            if (step % REPORT_EVERY == 0) {
                LOG.info(String.format(Locale.ROOT, "step %d/%d · loss %.4f · gradient norm %.2f · learning rate %.1e", step, steps, mean[0], norm, rate));
                mean[0] = 0;
            }
        });
        LOG.info("wrote {}, fingerprint {}", output, Checkpoint.open(output).fingerprint());
        return 0;
    }

    private ModelConfig config() {
        if (width % heads != 0) {
            throw new BadInput("--width", "must be a multiple of --heads = " + heads, width, "");
        }
        int headDim = width / heads;
        var positions = PositionEncoding.named("--architecture", architecture);
        var windows = IntStream.range(0, layers).mapToObj(layer -> positions.isHybrid() && layer < layers - 1 ? window / HYBRID_WINDOW_SHARE : 0).toList();
        return new ModelConfig(positions == PositionEncoding.ROPE ? "llama" : "longrope", ByteLevelTokenizer.VOCAB_SIZE, width, innerWidth,
                layers, heads, keyHeads, headDim, new RopeGeometry(headDim, theta, window), Optional.empty(), window, 1e-5, false,
                AttentionBias.NONE, false, windows, BlockVariant.LLAMA, positions,
                OptionalInt.of(ByteLevelTokenizer.BOS), OptionalInt.of(ByteLevelTokenizer.EOS));
    }

    /** Text is read with the tokenizer that will be saved, through the same path as any checkpoint's. */
    private int[] tokens() throws IOException {
        var directory = Files.createTempDirectory("longrope-tokenizer");
        try {
            for (var file : ByteLevelTokenizer.files().entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), file.getValue());
            }
            try (var tokenizer = Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE)) {
                return Corpus.open(text).tokens(tokenizer).toArray();
            }
        } finally {
            for (var name : ByteLevelTokenizer.files().keySet()) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }
}
