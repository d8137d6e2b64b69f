package io.longrope.progressive.cli.make;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.FineTuner;
import io.longrope.evaluator.training.HeldOut;
import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.cli.option.MethodOptions;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.PlanDefaults;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.training.LoraSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code longrope finetune MODEL}. */
@Command(name = "finetune", mixinStandardHelpOptions = true, sortOptions = false, modelTransformer = KeyOptions.Adder.class,
        description = "Trains a model on with a method or a factor table in force.",
        footer = {"", "Writes a Hugging Face directory with the factors in its config.json. It needs one --method or --factors.",
            "Interrupted, the same command goes on where it stopped and ends with the same bits; until then OUTPUT.training holds the "
            + "last state,",
            "itself a Hugging Face directory. OUTPUT/training.jsonl has the losses.",
            "", "Example: ${ROOT-COMMAND-NAME} finetune java-1m --factors runs/demo --length 1k --text evaluator/target/text/training "
            + "--steps 50 "
            + "--batch 8 --output /tmp/tuned",
            "Example: ${ROOT-COMMAND-NAME} finetune llama-2-7b --method yarn --length 128k --train-length 4k --positions pose "
            + "--lora-rank 16 "
            + "--precision bf16 --recompute",
            "         --text books --output tuned"})
public final class FineTuneCommand implements Callable<Integer>, KeyOptions.Holder {

    private static final Logger LOG = LoggerFactory.getLogger(FineTuneCommand.class);

    private final Console console;

    @Parameters(paramLabel = "MODEL", description = "A checkpoint directory or GGUF file, or its path below --models.")
    private String model;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Directory to write; must not exist.")
    private Path output;

    @Option(names = "--text", required = true, paramLabel = "PATH",
            description = "Training text: a file, an archive, a directory of them, or a pattern.")
    private Path text;

    @Mixin
    private MethodOptions methods;

    @Option(names = "--held-out", paramLabel = "PATH", description = "Text whose loss is measured on the way, from its selection third.")
    private Path heldOut;

    @Option(names = "--models", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/models",
            description = "Checkpoints are looked for below it (default: the shipped ones).")
    private Path models;

    /** The settings of a fine-tune stage; a single run of few sequences has other usual numbers than a job on a cluster. */
    private final KeyOptions<FineTuneStagePlan> keys = new KeyOptions<>(FineTuneStagePlan.class, Set.of("--name", "--command", "--timeout"),
            Map.of("--steps", "400", "--batch", "8", "--seed", "0", "--held-out-every", "50"));

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private LogOptions log;

    public FineTuneCommand(Console console) {
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
        var directory = Checkpoint.isAt(Path.of(model)) ? Path.of(model) : new LocalFiles(models, models).checkpoint(model);
        var config = Checkpoint.open(directory).config();
        var plan = keys.read(section -> PlanDefaults.fineTune(section, 0));
        int window = plan.length();
        int original = config.rope().originalLength();
        Require.that(window > original, "--length", "must be above the model's original length, " + original, window);
        var watched = Optional.ofNullable(heldOut).map(path -> new HeldOut(path, plan.heldOutSamples(), plan.heldOutEvery()));
        var task = new FineTuneTask(directory, candidate(config, window), plan.sequences(original), Corpus.of(text), plan.training(),
                plan.lora(),
                watched, OptionalInt.of(window), output);
        LOG.info("{} of {} of {} tokens for {}, {}", Plural.of(task.settings().steps(), "step"),
                Plural.of(task.settings().batch(), "sequence"),
                Lengths.format(task.sequences().length()),
                Lengths.format(window), task.lora().map(lora -> "adapters of rank " + lora.rank()).orElse("all weights"));
        try (var session = memory.session(List.of(Device.CPU))) {
            FineTuner.fineTune(session, task, cache.store(console), 1, TrainingOutput.progress(LOG, plan.training().steps()));
        }
        LOG.info("wrote {}, fingerprint {}", output, Checkpoint.open(output).fingerprint());
        return 0;
    }

    private Candidate candidate(ModelConfig config, int window) throws IOException {
        var columns = methods.columns(config, MethodOptions.usual(config));
        Require.that(columns.size() == 1, "finetune", "must have one --method or --factors",
                columns.size() + ": " + String.join(", ", columns.keySet()));
        var column = columns.values().iterator().next();
        Require.that(column.attention().equals(Attention.TRAINED), "--method", "must leave attention as it is in training",
                columns.keySet().iterator().next());
        var candidate = column.candidate().apply(window);
        if (candidate.startTokens() > 0) {
            LOG.info("the table's start tokens (n̂ = {}) are left out: no inference engine knows them", candidate.startTokens());
        }
        return candidate.withStartTokens(0);
    }
}
