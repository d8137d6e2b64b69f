package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.table.gguf.GgufFormat;
import io.longrope.search.table.internal.FileText;
import io.longrope.search.table.internal.HuggingFaceReader;
import io.longrope.search.table.internal.JsonFiles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a table in whichever form a file has it. */
public final class TableFiles {

    private TableFiles() {
    }

    /**
     * @param file our JSON, a config.json (or the directory it is in), a GGUF or a CSV, told apart by content
     * @param csv  states what a CSV does not; a CSV without it is bad input
     */
    public static FactorTable read(Path file, Optional<CsvFormat> csv) throws IOException {
        if (Files.isDirectory(file)) {
            Require.that(Files.isRegularFile(file.resolve("config.json")), file.toString(),
                    "must hold a config.json to be read as a model", "without one");
            return read(file.resolve("config.json"), csv);
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
        return csv.orElseThrow(() -> new BadInput(file.toString(), "must state the model its factors belong to", "a CSV",
                "name the model, or its rotary dimension, theta and original length, and the length the factors are for")).read(file);
    }

    private static String start(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return FileText.of(in.readNBytes(64));
        }
    }
}
