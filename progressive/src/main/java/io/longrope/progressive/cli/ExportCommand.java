package io.longrope.progressive.cli;

import io.longrope.search.table.TableExport;
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
        footer = {"", "Example: longrope export runs/demo --format vllm --model runs/demo/model --output exported"})
final class ExportCommand implements Callable<Integer> {

    private final Main.Console console;

    @Parameters(paramLabel = "TABLE", description = "A run directory, or a table in any form that tables show reads.")
    private Path table;

    @Option(names = "--format", paramLabel = "FORMAT", required = true, completionCandidates = Formats.class, description = "${COMPLETION-CANDIDATES}.")
    private String format;

    @Option(names = "--model", paramLabel = "PATH", description = "What the table is put into: a checkpoint directory, or a GGUF file for gguf.")
    private Path model;

    @Option(names = "--output", paramLabel = "DIR", required = true, description = "Directory to write to.")
    private Path output;

    @Mixin
    private CsvOptions csv;

    static final class Formats implements Iterable<String> {

        @Override
        public Iterator<String> iterator() {
            return List.copyOf(TableExport.names()).iterator();
        }
    }

    ExportCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        var read = csv.read(table);
        Files.createDirectories(output);
        var notes = TableExport.write(format, read, Optional.ofNullable(model), output);
        notes.forEach(note -> console.terminal().line("note: " + note));
        console.out().println(output);
        return 0;
    }
}
