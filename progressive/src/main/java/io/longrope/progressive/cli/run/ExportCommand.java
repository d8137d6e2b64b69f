package io.longrope.progressive.cli.run;

import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.CsvOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.report.TradeOff;
import io.longrope.search.job.FoundTable;
import io.longrope.search.job.JobId;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableExport;
import io.longrope.search.table.TableText;
import io.longrope.search.table.gguf.GgufFormat;
import io.longrope.search.table.gguf.GgufHeader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code longrope export TABLE}. */
@Command(name = "export", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Writes a factor table for the engines people run.",
        footer = {"", "Example: ${ROOT-COMMAND-NAME} export runs/demo --to vllm --output exported",
            "Example: ${ROOT-COMMAND-NAME} export runs/demo --to gguf --gguf-type f32 --output exported",
            "Example: ${ROOT-COMMAND-NAME} export runs/demo --to gguf --for-length 1k --output exported",
            "Example: ${ROOT-COMMAND-NAME} export demo-4f0c11aa --bootstrap kafka:9092 --to vllm --model llama-2-7b --output exported"})
public final class ExportCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "TABLE",
            description = "A run directory, or a table in any form that tables show reads. With --bootstrap a job, for its final"
            + " table, or JOB/STAGE, for what a stage found.")
    private String table;

    @Option(names = {"--to", "--format"}, paramLabel = "FORMAT", required = true, completionCandidates = Formats.class,
            description = "${COMPLETION-CANDIDATES}.")
    private String format;

    @Option(names = "--model", paramLabel = "PATH",
            description = "What the table is put into: a checkpoint directory or a GGUF file (default: the model of a"
            + " run directory). Without one the rope keys alone are written.")
    private Path model;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "Directory to write to.")
    private Path output;

    @Option(names = "--for-length", paramLabel = "LENGTH",
            description = "The window the deployment really uses, e.g. 16k: the table of that length, or one between those of the"
            + " lengths around it, in place of the longest (default: the longest).")
    private String forLength;

    @Option(names = "--weights", paramLabel = "HOW", defaultValue = "auto",
            description = "What becomes of the model's weights where a Hugging Face directory is written: copy; refer, links that"
            + " REFERS-TO.txt names; none, config.json alone, to be laid over the model's own (default: a copy of up to 10 GB, above that"
            + " links).")
    private ModelExport.WeightsChoice weights;

    @Option(names = "--gguf-type", paramLabel = "TYPE", defaultValue = "F16",
            description = "Of the matrices of a GGUF file made from a directory:"
            + " f32, f16 or bf16 (default: f16).")
    private DataType ggufType;

    @Option(names = "--gguf-both", description = "Put both tables into a GGUF file of architecture llama, switched at the original length:"
            + " llama.cpp of 2026 reads it, older builds refuse it.")
    private boolean ggufBoth;

    @Mixin
    private CsvOptions csv;

    @Mixin
    private ClientOptions client;

    static final class Formats implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return List.copyOf(TableExport.names()).iterator();
        }
    }

    public ExportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        boolean ofJob = client.kafka().settings().isPresent();
        var whole = ofJob ? tableOfTheJob() : csv.read(Path.of(table));
        var read = forLength == null ? whole : whole.forWindow(TokenCounts.parse("--for-length", forLength));
        var into = Optional.ofNullable(model).or(() -> ofJob ? Optional.empty() : modelOfTheRun()).map(GgufHeader::orOnlyOneIn);
        Files.createDirectories(output);
        if (into.isPresent() && Files.isDirectory(into.get()) && Files.isSameFile(into.get(), output)) {
            throw new BadInput("--output", "must not be the model's own directory, which is never written to", output, "name another");
        }
        var notes = notes(read, into);
        TableText.exported(read).forEach(console.terminal()::line);
        costs(read).forEach(console.terminal()::line);
        notes.forEach(note -> console.terminal().line("note: " + note));
        console.out().println(output);
        return 0;
    }

    /** What the longest table costs at shorter lengths, as far as the run measured it. */
    private List<String> costs(FactorTable read) throws IOException {
        var measured = Files.isDirectory(Path.of(table)) ? TradeOff.read(Path.of(table)) : Optional.<TradeOff>empty();
        return measured.map(tradeOff -> tradeOff.sentences(read.longest().length())).orElse(List.of());
    }

    private List<String> notes(FactorTable read, Optional<Path> into) throws IOException {
        if (into.isEmpty() || isTable()) {
            return TableExport.write(format, read, into, output);
        }
        var tables = ggufBoth ? GgufFormat.LlamaTables.SHORT_AND_LONG : GgufFormat.LlamaTables.LONG_ONLY;
        return new ModelExport(read, into.get(), output, weights, ggufType, tables).write(format);
    }

    /** A form that has nothing of a model in it. */
    private boolean isTable() {
        return List.of("json", "csv").contains(format);
    }

    private FactorTable tableOfTheJob() {
        var parts = table.split("/", 2);
        try (var jobs = client.open(console)) {
            var tables = jobs.tables(new JobId(parts[0]));
            var found = tables.get(parts.length == 1 ? FoundTable.FINAL : parts[1]);
            if (found == null) {
                throw new BadInput("TABLE", "must be a job that has finished, or JOB/STAGE", table,
                        "tables of " + parts[0] + " so far: " + tables.keySet());
            }
            return found;
        }
    }

    private Optional<Path> modelOfTheRun() {
        var directory = Path.of(table).resolve("model");
        return Files.isRegularFile(directory.resolve("config.json")) && !isTable() ? Optional.of(directory) : Optional.empty();
    }
}
