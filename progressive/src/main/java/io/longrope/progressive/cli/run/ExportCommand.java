package io.longrope.progressive.cli.run;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.gguf.GgufModelWriter;
import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.CsvOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.report.TradeOff;
import io.longrope.search.file.WholeFile;
import io.longrope.search.job.FoundTable;
import io.longrope.search.job.JobId;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.Engine;
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
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
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
            description = "What the table is put into: a checkpoint directory, or for gguf a GGUF file"
            + " too (default: the model of a run directory).")
    private Path model;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "Directory to write to.")
    private Path output;

    @Option(names = "--for-length", paramLabel = "LENGTH",
            description = "The window the deployment really uses, e.g. 16k: the table of that length, or one between those of the"
            + " lengths around it, in place of the longest (default: the longest).")
    private String forLength;

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
        if (format.equals("gguf") && into.isPresent()) {
            return gguf(read, into.get());
        }
        if (into.isEmpty() || List.of("json", "csv").contains(format)) {
            return TableExport.write(format, read, into, output);
        }
        boolean isGguf = Files.isRegularFile(into.get());
        if (format.equals("ollama") && (isGguf || !Checkpoint.config(into.get()).modelType().equals("phi3"))) {
            return ollama(read, into.get());
        }
        return isGguf ? Checkpoint.writeConfig(into.get(), read, Engine.named(format), output.resolve("config.json"))
                : TableExport.write(format, read, into, output);
    }

    /** Ollama's own converter knows tables of Phi-3 only; others come to it as GGUF. */
    private List<String> ollama(FactorTable read, Path into) throws IOException {
        var notes = gguf(read, into);
        WholeFile.write(output.resolve("Modelfile"),
                "FROM ./" + ggufName(read, into) + "\nPARAMETER num_ctx " + read.longest().length() + "\n");
        return notes;
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
        return Files.isRegularFile(directory.resolve("config.json")) && !List.of("json", "csv").contains(format) ? Optional.of(directory)
                : Optional.empty();
    }

    /** A directory is turned into a GGUF file first. */
    private List<String> gguf(FactorTable read, Path into) throws IOException {
        var tables = ggufBoth ? GgufFormat.LlamaTables.SHORT_AND_LONG : GgufFormat.LlamaTables.LONG_ONLY;
        if (!Files.isDirectory(into)) {
            return TableExport.gguf(read, into, tables, output);
        }
        var plain = output.resolve("." + UUID.randomUUID() + ".part");
        try {
            var notes = new ArrayList<>(new GgufModelWriter(Checkpoint.open(into), ggufType).write(plain));
            notes.addAll(new GgufFormat(plain, tables).write(read, output.resolve(ggufName(read, into))));
            return notes;
        } finally {
            Files.deleteIfExists(plain);
        }
    }

    /** A GGUF file keeps its name. */
    private String ggufName(FactorTable read, Path into) {
        return Files.isDirectory(into) ? Path.of(read.model()).getFileName() + "-" + ggufType.name().toLowerCase(Locale.ROOT) + ".gguf"
                : into.getFileName().toString();
    }
}
