package io.longrope.progressive.cli.run;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.CsvOptions;
import io.longrope.progressive.cli.option.RootOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.PlanKeys;
import io.longrope.progressive.plan.PlanProposal;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.plan.PlanText;
import io.longrope.progressive.plan.StartPlan;
import io.longrope.progressive.report.DeviceModel;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.file.WholeFile;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.table.TableExport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;

/** {@code longrope plan MODEL_DIR}. */
@Command(name = "plan", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Writes a commented plan that extends a model, with an estimate of its cost.",
        footer = {"", "Only the model's config.json is read.",
            "", "Example: ${ROOT-COMMAND-NAME} plan --keys",
                    "Example: ${ROOT-COMMAND-NAME} plan models/Llama-3-8B --target 128k --device h100 --engine vllm --output llama-3.yaml"})
public final class PlanCommand implements Callable<Integer> {

    private static final Pattern MEMORY = Pattern.compile("([0-9]{1,6})G");

    private final Console console;

    @Parameters(paramLabel = "MODEL_DIR", description = "A checkpoint directory, whose config.json is enough, or a GGUF file.")
    private Path model;

    @Option(names = "--target", paramLabel = "LENGTH", required = true, description = "The window wanted, such as 128k.")
    private String target;

    @Option(names = "--original-length", paramLabel = "LENGTH",
            description = "The window really trained with, where config.json states more.")
    private String originalLength;

    @Option(names = "--device", paramLabel = "NAME", defaultValue = "h100",
            description = "h100, h200, a100, l40s, rtx4090 or cpu: what hours are estimated for (default: ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--device-memory", paramLabel = "SIZE", description = "Memory of one, such as 80G (default: the device's own).")
    private String memory;

    @Option(names = "--engine", paramLabel = "NAME", defaultValue = "hf",
            description = "What will run the result: hf, vllm, sglang, gguf, ollama or mlx (default: ${DEFAULT-VALUE}).")
    private String engine;

    @Option(names = "--algorithm", paramLabel = "NAME", defaultValue = "adaptive",
            description = "Of the searches (default: ${DEFAULT-VALUE}).")
    private String algorithm;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1",
            description = "Workers for this job: how many candidates a search by adaptive or random asks for at once, how far ahead, and "
            + "when it races (default: ${DEFAULT-VALUE}).")
    private int workers;

    @Option(names = "--training", paramLabel = "TEXT", defaultValue = "training",
            description = "Training text below --data (default: ${DEFAULT-VALUE}).")
    private String training;

    @Option(names = "--evaluation", paramLabel = "TEXT", defaultValue = "evaluation",
            description = "Text to score on, below --data (default: ${DEFAULT-VALUE}).")
    private String evaluation;

    @Option(names = "--table", paramLabel = "TABLE",
            description = "A table the searches start from, beside the known methods: a run directory, or one in any form that tables show"
            + " reads. It becomes part of the plan.")
    private Path table;

    @Mixin
    private CsvOptions csv;

    @Option(names = "--keys", help = true,
            description = "Print every key a plan may have, with its values, default and meaning; no model is needed.")
    private boolean keys;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table",
            description = "Of --keys: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private KeysFormat format;

    @Option(names = "--output", paramLabel = "FILE", description = "File to write (default: standard output).")
    private Path output;

    @Mixin
    private RootOptions roots;

    enum KeysFormat {
        TABLE, MARKDOWN;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public PlanCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (keys) {
            console.out().println(format == KeysFormat.MARKDOWN ? PlanKeys.markdown().stripTrailing() : PlanKeys.aligned());
            return 0;
        }
        var config = Checkpoint.config(model);
        var on = DeviceModel.named(device);
        SearchAlgorithms.namedOfOneObjective(algorithm);
        if (!TableExport.names().contains(engine)) {
            throw new BadInput("--engine", "must be one of " + TableExport.names(), engine, "");
        }
        int original = originalLength == null ? config.rope().originalLength() : TokenCounts.parse("--original-length", originalLength);
        var proposal = new PlanProposal(config, original, TokenCounts.parse("--target", target), on,
                memory == null ? on.memory() : bytes(memory), algorithm, workers);
        var text = new PlanText(proposal, name(proposal), path(), training, evaluation, engine, start(config));
        var yaml = text.yaml(read(text.yaml()), remarks(text, proposal));
        read(yaml);
        if (output == null) {
            console.out().print(yaml);
            console.out().flush();
        } else {
            WholeFile.write(output, yaml);
            console.out().println(output);
        }
        return 0;
    }

    private Optional<StartPlan> start(ModelConfig config) throws IOException {
        if (table == null) {
            return Optional.empty();
        }
        var read = csv.read(table);
        Require.that(read.geometry().pairs() == config.rope().pairs(), table.toString(),
                "must have " + Plural.of(config.rope().pairs(), "factor") + ", half the model's rotary dimension", read.geometry().pairs());
        return Optional.of(StartPlan.of(table.toAbsolutePath().normalize().getFileName().toString(), read));
    }

    private static JobPlan read(String yaml) throws IOException {
        var file = Files.createTempFile("longrope-plan", ".yaml");
        try {
            Files.writeString(file, yaml);
            return new PlanReader(PlanCheck.UNSEEN).read(file, List.of());
        } finally {
            Files.delete(file);
        }
    }

    private List<String> remarks(PlanText text, PlanProposal proposal) {
        var remarks = new ArrayList<String>();
        if (!text.fits()) {
            remarks.add("A pass of " + Lengths.format(proposal.target()) + " takes " + text.memory() + " and does not fit the device.");
        }
        if (proposal.config().ropeConfiguration().isPresent()) {
            remarks.add("config.json extends the window already (" + proposal.config().ropeConfiguration().get().type()
                    + "); the searched factors replace that."
                    + (table == null && isTable(proposal) ? " --table " + model + " starts the searches from its own." : ""));
        }
        if (proposal.algorithm().equals("longrope2")) {
            remarks.add("As in LongRoPE2, candidates are compared by needles hidden in the evaluation text; what is left to the report "
                    + "is perplexity.");
        }
        return remarks;
    }

    private static boolean isTable(PlanProposal proposal) {
        return proposal.config().ropeConfiguration().get().type().equals("longrope");
    }

    /** Below the models root where it lies there. */
    private String path() {
        var root = roots.models().toAbsolutePath().normalize();
        var absolute = model.toAbsolutePath().normalize();
        return (absolute.startsWith(root) && !absolute.equals(root) ? root.relativize(absolute) : absolute.getFileName()).toString()
                .replace('\\', '/');
    }

    private String name(PlanProposal proposal) {
        var name = model.toAbsolutePath().normalize().getFileName().toString().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9.-]+", "-");
        return name.replaceFirst("^[^a-z0-9]+", "").replaceFirst("^$", "model") + "-" + Lengths.format(proposal.target());
    }

    private static long bytes(String size) {
        var match = MEMORY.matcher(size.toUpperCase(Locale.ROOT));
        if (!match.matches()) {
            throw new BadInput("--device-memory", "must be a whole number of gigabytes, such as 80G", size, "");
        }
        return Long.parseLong(match.group(1)) * 1_000_000_000;
    }
}
