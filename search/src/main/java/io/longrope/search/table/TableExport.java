package io.longrope.search.table;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.AttentionTemperature;
import io.longrope.search.table.gguf.GgufFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Writes a table for an engine or in a file form, chosen by name, into a directory. */
public final class TableExport {

    private TableExport() {
    }

    /** json, csv, gguf and the engines that read config.json. */
    public static List<String> names() {
        return Stream.concat(Stream.of("json", "csv", "gguf"), Arrays.stream(Engine.values()).map(Engine::id)).toList();
    }

    /**
     * Writes {@code factors.json}; or {@code LENGTH.csv} for each entry; or, for gguf, a copy of the model's file under its
     * own name; or, for an engine, the model's {@code config.json} with the table in it, {@code rope.json} with the rope
     * keys alone when no model is given.
     *
     * @param model     a GGUF file for gguf, a checkpoint directory for the engines; not used otherwise
     * @param directory made when it is not there; must not be the model's own
     * @return what could not be expressed: one sentence each
     */
    public static List<String> write(String name, FactorTable table, Optional<Path> model, Path directory) throws IOException {
        return switch (name) {
            case "json" -> new JsonFormat().write(table, directory.resolve("factors.json"));
            case "csv" -> csv(table, directory);
            case "gguf" -> gguf(table, ggufModel(model), GgufFormat.LlamaTables.LONG_ONLY, directory);
            default -> config(engine(name), table, model, directory);
        };
    }

    private static List<String> csv(FactorTable table, Path directory) throws IOException {
        var notes = new LinkedHashSet<String>();
        for (var entry : table.entries()) {
            var format = new CsvFormat(table.model(), table.geometry(), entry.length(), AttentionTemperature.none());
            notes.addAll(format.write(table, directory.resolve(entry.length() + ".csv")));
        }
        return List.copyOf(notes);
    }

    private static Path ggufModel(Optional<Path> model) {
        return model.orElseThrow(() -> new BadInput("model", "must be a GGUF file to put the table in", "missing",
                "name a checkpoint directory of llama's architecture, or convert another with llama.cpp's convert_hf_to_gguf.py first"));
    }

    /**
     * Writes a copy of a GGUF file, under its own name.
     *
     * @return what could not be expressed: one sentence each
     */
    public static List<String> gguf(FactorTable table, Path model, GgufFormat.LlamaTables tables, Path directory) throws IOException {
        var target = directory.resolve(model.getFileName());
        if (Files.exists(target) && Files.isSameFile(model, target)) {
            throw new BadInput("directory", "must not be the model's own", directory, "");
        }
        return new GgufFormat(model, tables).write(table, target);
    }

    private static List<String> config(Engine engine, FactorTable table, Optional<Path> model, Path directory) throws IOException {
        var format = new HuggingFaceFormat(engine);
        if (model.isPresent()) {
            return format.writeInto(table, model.get().resolve("config.json"), directory.resolve("config.json"));
        }
        var notes = new ArrayList<>(format.write(table, directory.resolve("rope.json")));
        notes.add("Merge the keys of rope.json into the model's config.json.");
        return List.copyOf(notes);
    }

    private static Engine engine(String name) {
        if (!names().contains(name)) {
            throw new BadInput("format", "must be known", name, Suggestion.forName(name, names()));
        }
        return Engine.named(name);
    }
}
