package io.longrope.progressive.cli.make;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.evaluator.training.Pretrainer;
import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/** Trains a small byte-level Llama from nothing, as the shipped models were. */
@Command(name = "pretrain", mixinStandardHelpOptions = true, sortOptions = false, modelTransformer = KeyOptions.Adder.class,
        description = "Trains a small byte-level model of the Llama architecture, with RoPE or other positions, and saves it.",
        footer = {"", "Example: ${ROOT-COMMAND-NAME} pretrain --text evaluator/target/text/training --steps 200 --output /tmp/model"})
public final class PretrainCommand implements Callable<Integer>, KeyOptions.Holder {

    /** What suits a small model that begins from nothing. */
    private static final Map<String, String> DEFAULTS =
            Map.of("--steps", "5000", "--batch", "16", "--micro-batch", "8", "--learning-rate", "3e-3",
            "--schedule", "cosine", "--weight-decay", "0.1", "--beta2", "0.95", "--checkpoint-every", "500", "--seed", "1", "--warmup",
                    "100");

    private static final Logger LOG = LoggerFactory.getLogger(PretrainCommand.class);
    private static final int REPORT_EVERY = 50;
    private static final int HYBRID_WINDOW_SHARE = 4;

    private static final List<String> SHAPE = List.of("--architecture", "--layers", "--width", "--inner-width", "--heads", "--key-heads",
            "--window", "--theta");

    private final Console console;

    @Spec
    private CommandSpec spec;

    @Option(names = "--text", required = true, paramLabel = "PATH",
            description = "Training text: a file, an archive, a directory of them, or a pattern.")
    private Path text;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Directory to write; must not exist.")
    private Path output;

    @Option(names = "--from", paramLabel = "DIR",
            description = "A byte-level checkpoint whose weights are trained on, with its shape, window and positions; otherwise training"
            + " begins from nothing.")
    private Path from;

    @Option(names = "--architecture", paramLabel = "NAME", defaultValue = "rope",
            description = "How it tells positions: rope, alibi, xpos, hwfa,"
            + " hwfa-rerope (default: ${DEFAULT-VALUE}). In the last two every layer but the last has a sliding window of a quarter of "
            + "--window.")
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

    @Option(names = "--retrieval-share", defaultValue = "0", paramLabel = "SHARE",
            description = "Share of windows that are invented: statements among filler that are begun again later, so that only looking"
            + " back tells how they go on. A small model learns to look back by them; text alone teaches it slowly"
            + " (default: ${DEFAULT-VALUE}).")
    private double retrievalShare;

    private final KeyOptions<TrainingSettings> keys = new KeyOptions<>(TrainingSettings.class, Set.of(), DEFAULTS);

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private LogOptions log;

    public PretrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public KeyOptions<?> keyOptions() {
        return keys;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        TrainingOutput.requireNew(output);
        var start = Optional.ofNullable(from).map(Checkpoint::open);
        var config = start.isPresent() ? configOf(start.get()) : config();
        int length = config.rope().originalLength();
        var settings = keys.read(PretrainCommand::allWarmUpWhereShort);
        var sequences = new SequenceSettings(length, length, SequenceSettings.Positions.CONTIGUOUS, 1, 0, length, retrievalShare);
        int steps = settings.steps();
        var tokens = tokens();
        LOG.info("{} tokens of text, {} parameters, {} of {} tokens", tokens.length(), config.parameters(), Plural.of(steps, "step"),
                (long) settings.batch() * length);
        var mean = new double[1];
        try (var session = memory.session(List.of(Device.CPU))) {
            Pretrainer.pretrain(session, config, start, tokens, ByteLevelTokenizer.coding(), sequences, settings,
                    ByteLevelTokenizer.files(), output, (step, loss, norm, rate, count) -> {
                mean[0] += loss / REPORT_EVERY;
                if (step % REPORT_EVERY == 0) {
                    LOG.info(String.format(Locale.ROOT, "step %d/%d · loss %.4f · gradient norm %.2f · learning rate %.1e", step, steps,
                            mean[0], norm, rate));
                    mean[0] = 0;
                }
            });
        }
        LOG.info("wrote {}, fingerprint {}", output, Checkpoint.open(output).fingerprint());
        return 0;
    }

    /** A run shorter than its warm-up is all warm-up. */
    private static void allWarmUpWhereShort(ObjectNode section) {
        if (section.path("steps").isInt() && section.path("warmup").isInt()) {
            section.put("warmup", Math.min(section.path("warmup").intValue(), section.path("steps").intValue()));
        }
    }

    /** Its own shape, which no option may contradict. */
    private ModelConfig configOf(Checkpoint start) {
        SHAPE.stream().filter(spec.commandLine().getParseResult()::hasMatchedOption).findFirst().ifPresent(name -> {
            throw new BadInput(name, "must be left out with --from, whose model has its own", "given", "");
        });
        Require.that(start.config().vocabSize() == ByteLevelTokenizer.VOCAB_SIZE, "--from", "must be a byte-level model of this program, "
                + Plural.of(ByteLevelTokenizer.VOCAB_SIZE, "id"), Plural.of(start.config().vocabSize(), "id"));
        start.config().requireTrainable(from.toString(), start.config().rope().originalLength());
        return start.config();
    }

    private ModelConfig config() {
        if (width % heads != 0) {
            throw new BadInput("--width", "must be a multiple of --heads = " + heads, width, "");
        }
        int headDim = width / heads;
        var positions = PositionEncoding.named("--architecture", architecture);
        var windows = IntStream.range(0, layers)
                .mapToObj(layer -> positions.isHybrid() && layer < layers - 1 ? window / HYBRID_WINDOW_SHARE : 0).toList();
        return new ModelConfig(positions == PositionEncoding.ROPE ? "llama" : "longrope", ByteLevelTokenizer.VOCAB_SIZE, width, innerWidth,
                layers, heads, keyHeads, headDim, new RopeGeometry(headDim, theta, window), Optional.empty(), window, 1e-5, false,
                AttentionBias.NONE, false, windows, BlockVariant.LLAMA, positions,
                OptionalInt.of(ByteLevelTokenizer.BOS), OptionalInt.of(ByteLevelTokenizer.EOS));
    }

    /** Text is read with the tokenizer that will be saved, through the same path as any checkpoint's. */
    private TokenFile tokens() throws IOException {
        var directory = Files.createTempDirectory("longrope-tokenizer");
        try {
            for (var file : ByteLevelTokenizer.files().entrySet()) {
                Files.writeString(directory.resolve(file.getKey()), file.getValue());
            }
            try (var tokenizer = Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE)) {
                return cache.store(console).tokens(Corpus.of(text), tokenizer);
            }
        } finally {
            for (var name : ByteLevelTokenizer.files().keySet()) {
                Files.deleteIfExists(directory.resolve(name));
            }
            Files.delete(directory);
        }
    }
}
