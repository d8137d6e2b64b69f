package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.FineTuner;
import io.longrope.evaluator.training.HeldOut;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.SequenceSettings;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.driver.LocalFiles;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.TrainingCost;
import io.longrope.search.job.Lengths;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** {@code longrope finetune MODEL}. */
@Command(name = "finetune", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Trains a model on with a method or a factor table in force.",
        footer = {"", "Writes a Hugging Face directory with the factors in its config.json. It needs one --method or --factors.",
            "Interrupted, the same command goes on where it stopped and ends with the same bits; until then OUTPUT.training holds the last state,",
            "itself a Hugging Face directory. OUTPUT/training.jsonl has the losses.",
            "", "Example: longrope finetune java-1m --factors runs/demo --length 1k --text evaluator/target/text/training --steps 50 --batch 8 --output /tmp/tuned",
            "Example: longrope finetune llama-2-7b --method yarn --length 128k --train-length 4k --positions pose --lora-rank 16 --precision bf16 --recompute",
            "         --text books --output tuned"})
final class FineTuneCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(FineTuneCommand.class);

    private final Main.Console console;

    @Parameters(paramLabel = "MODEL", description = "A checkpoint directory, or its path below --models.")
    private String model;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Directory to write; must not exist.")
    private Path output;

    @Option(names = "--text", required = true, paramLabel = "PATH", description = "Training text: a file, an archive, a directory of them, or a pattern.")
    private Path text;

    @Option(names = "--length", required = true, paramLabel = "LENGTH", description = "The length to train for, e.g. 1024 or 128k: its factors are in force.")
    private String length;

    @Mixin
    private MethodOptions methods;

    @Option(names = "--train-length", paramLabel = "LENGTH", description = "Tokens per sequence (default: --length).")
    private String trainLength;

    @Option(names = "--positions", paramLabel = "KIND", defaultValue = "contiguous", description = "Where the tokens of a sequence stand: contiguous from 0,"
            + " pose (chunks moved on by random skips, below --length) or random (ascending, below --length) (default: ${DEFAULT-VALUE}).")
    private SequenceSettings.Positions positions;

    @Option(names = "--chunks", paramLabel = "N", defaultValue = "2", description = "Chunks of a PoSE sequence (default: ${DEFAULT-VALUE}).")
    private int chunks;

    @Option(names = "--short-share", paramLabel = "P", defaultValue = "0", description = "Share of sequences that are short documents packed apart, at the model's"
            + " original positions: mixed-window training of LongRoPE2 (default: ${DEFAULT-VALUE}).")
    private double shortShare;

    @Mixin
    private TrainingOptions training;

    @Option(names = "--lora-rank", paramLabel = "R", description = "Train low-rank adapters and merge them in the end (default: train all weights).")
    private Integer loraRank;

    @Option(names = "--lora-alpha", paramLabel = "A", description = "Scale of adapters, divided by the rank (default: twice the rank).")
    private Double loraAlpha;

    @Option(names = "--lora-targets", paramLabel = "NAME", split = ",", description = "Projections adapted: ${COMPLETION-CANDIDATES} (default: all).")
    private List<LoraSettings.Target> loraTargets = Arrays.asList(LoraSettings.Target.values());

    @Option(names = "--held-out", paramLabel = "PATH", description = "Text whose loss is measured on the way, from its selection third.")
    private Path heldOut;

    @Option(names = "--held-out-every", paramLabel = "STEPS", defaultValue = "50", description = "Steps between measurements (default: ${DEFAULT-VALUE}).")
    private int heldOutEvery;

    @Option(names = "--held-out-samples", paramLabel = "N", defaultValue = "8", description = "Samples of a measurement (default: ${DEFAULT-VALUE}).")
    private int heldOutSamples;

    @Option(names = "--models", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/models",
            description = "Checkpoints are looked for below it (default: the shipped ones).")
    private Path models;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private LogOptions log;

    FineTuneCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        TrainingOptions.requireNew(output);
        var directory = Files.isDirectory(Path.of(model)) ? Path.of(model) : new LocalFiles(models, models).checkpointDirectory(model);
        var config = Checkpoint.open(directory).config();
        int window = TokenCounts.parse("--length", length);
        int original = config.rope().originalLength();
        Require.that(window > original, "--length", "must be above the model's original length, " + original, window);
        var task = new FineTuneTask(directory, candidate(config, window), sequences(window, original), Corpus.of(text), training.settings(), lora(), heldOut(),
                OptionalInt.of(window), output);
        requireMemory(config, task);
        LOG.info("{} steps of {} sequences of {} tokens for {}, {}", task.settings().steps(), task.settings().batch(), Lengths.format(task.sequences().length()),
                Lengths.format(window), task.lora().map(lora -> "adapters of rank " + lora.rank()).orElse("all weights"));
        Decoder.useThreads(1);
        FineTuner.fineTune(task, cache.store(console), training.progress(LOG));
        LOG.info("wrote {}, fingerprint {}", output, Checkpoint.open(output).fingerprint());
        return 0;
    }

    private static void requireMemory(ModelConfig config, FineTuneTask task) {
        var settings = task.settings();
        var adapters = task.lora().map(lora -> OptionalLong.of(TrainingCost.adapters(config, lora.rank(),
                lora.targets().stream().map(LoraSettings.Target::key).toList()))).orElseGet(OptionalLong::empty);
        int parallel = Math.min(settings.batch() / settings.microBatch(), Machine.cores());
        long needed = new TrainingCost(config, settings.precision(), settings.recompute(), adapters)
                .bytes((long) settings.microBatch() * task.sequences().length(), parallel);
        Require.that(needed <= Machine.memoryBytes(), "memory", "must hold the training, an estimated " + Quantities.bytes(needed),
                Quantities.bytes(Machine.memoryBytes()), "choose --recompute, --precision bf16, --lora-rank or a shorter --train-length");
    }

    private Candidate candidate(ModelConfig config, int window) throws IOException {
        var columns = methods.columns(config, MethodOptions.usual(config));
        Require.that(columns.size() == 1, "finetune", "must have one --method or --factors", columns.size() + ": " + String.join(", ", columns.keySet()));
        var column = columns.values().iterator().next();
        Require.that(column.attention().equals(Attention.TRAINED), "--method", "must leave attention as it is in training", columns.keySet().iterator().next());
        var candidate = column.candidate().apply(window);
        if (candidate.startTokens() > 0) {
            LOG.info("the table's start tokens (n̂ = {}) are left out: no inference engine knows them", candidate.startTokens());
        }
        return candidate.withStartTokens(0);
    }

    private SequenceSettings sequences(int window, int original) {
        int tokens = trainLength == null ? window : TokenCounts.parse("--train-length", trainLength);
        Require.that(tokens <= window, "--train-length", "must be at most --length, " + window, tokens);
        int target = positions == SequenceSettings.Positions.CONTIGUOUS ? tokens : window;
        return new SequenceSettings(tokens, target, positions, positions == SequenceSettings.Positions.POSE ? chunks : 1, shortShare, original);
    }

    private Optional<LoraSettings> lora() {
        return Optional.ofNullable(loraRank).map(rank -> new LoraSettings(rank, loraAlpha == null ? 2.0 * rank : loraAlpha, loraTargets));
    }

    private Optional<HeldOut> heldOut() {
        return Optional.ofNullable(heldOut).map(path -> new HeldOut(path, heldOutSamples, heldOutEvery));
    }
}
