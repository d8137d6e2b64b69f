package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.table.gguf.GgufFormat;
import io.longrope.search.table.gguf.GgufHeader;
import io.longrope.search.table.internal.FileText;
import io.longrope.search.table.internal.HuggingFaceReader;
import io.longrope.search.table.internal.JsonFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads a table in whichever form a file has it. */
public final class TableFiles {

    /** Of the file in a directory that holds a table, the first that is there. */
    private static final List<String> NAMES = List.of("config.json", "factors.json", "rope.json");

    private TableFiles() {
    }

    /**
     * @param file our JSON, a config.json, a GGUF or a CSV, told apart by content; or a directory with one of them, as export
     *             writes it, of CSVs one for each length
     * @param csv  states what a CSV does not; a CSV without it is bad input
     */
    public static FactorTable read(Path file, Optional<CsvFormat> csv) throws IOException {
        if (Files.isDirectory(file)) {
            return ofDirectory(file, csv);
        }
        Require.that(Files.isRegularFile(file), file.toString(), "must be a file", Files.exists(file) ? "something else" : "missing");
        var start = start(file);
        if (start.startsWith("GGUF")) {
            return new GgufFormat(file, GgufFormat.LlamaTables.LONG_ONLY).read(file);
        }
        if (start.stripLeading().startsWith("{")) {
            var json = JsonFiles.read(file);
            return json.has("schema") && json.has("entries") ? JsonFormat.read(file, json) : HuggingFaceReader.read(file, json);
        }
        return stated(file, csv).read(file);
    }

    /** The greatest length that the names of CSVs in a directory state, as export writes them; empty where they state none. */
    public static OptionalInt greatestLength(Path directory) throws IOException {
        return Files.isDirectory(directory) ? lengths(directory).stream().mapToInt(file -> CsvFormat.lengthOf(file).orElseThrow()).max()
                : OptionalInt.empty();
    }

    private static FactorTable ofDirectory(Path directory, Optional<CsvFormat> csv) throws IOException {
        for (var name : NAMES) {
            if (Files.isRegularFile(directory.resolve(name))) {
                return read(directory.resolve(name), csv);
            }
        }
        var model = GgufHeader.orOnlyOneIn(directory);
        if (!model.equals(directory)) {
            return read(model, csv);
        }
        var lengths = lengths(directory);
        Require.that(!lengths.isEmpty(), directory.toString(),
                "must hold a table to be read as one: " + String.join(", ", NAMES) + ", one GGUF file or LENGTH.csv", "without any");
        return stated(directory, csv).readLengths(lengths);
    }

    private static List<Path> lengths(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> CsvFormat.lengthOf(file).isPresent()).sorted().toList();
        }
    }

    private static CsvFormat stated(Path file, Optional<CsvFormat> csv) {
        return csv.orElseThrow(() -> new BadInput(file.toString(), "must state the model its factors belong to", "a CSV",
                "name the model, or its rotary dimension, theta and original length, and the length the factors are for"));
    }

    private static String start(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return FileText.of(in.readNBytes(64));
        }
    }
}
