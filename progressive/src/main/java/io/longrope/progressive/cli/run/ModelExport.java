package io.longrope.progressive.cli.run;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelCopy;
import io.longrope.evaluator.checkpoint.ModelDirectory;
import io.longrope.evaluator.gguf.GgufModelWriter;
import io.longrope.search.file.WholeFile;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableExport;
import io.longrope.search.table.gguf.GgufFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * A table put into a model, for an engine. Every method returns what could not be expressed, one sentence each.
 *
 * @param table    the model's
 * @param model    a checkpoint in any form
 * @param output   directory to write to, which is there
 * @param weights  what becomes of the weights of a Hugging Face directory
 * @param ggufType of the matrices of a GGUF file made from a directory
 * @param tables   that a GGUF file gets
 */
record ModelExport(FactorTable table, Path model, Path output, WeightsChoice weights, DataType ggufType, GgufFormat.LlamaTables tables) {

    /** What becomes of the model's weights. */
    enum WeightsChoice {
        /** A copy of up to 10 GB, above that links. */
        AUTO,
        COPY,
        REFER,
        /** Only config.json is written, to be laid over the model's own. */
        NONE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param format of {@link TableExport#names}, one that goes into a model */
    List<String> write(String format) throws IOException {
        if (format.equals("gguf")) {
            return gguf();
        }
        return format.equals(Engine.OLLAMA.id()) ? ollama() : directory(Engine.named(format));
    }

    /** A directory is turned into a GGUF file first. */
    private List<String> gguf() throws IOException {
        if (!Files.isDirectory(model)) {
            return TableExport.gguf(table, model, tables, output);
        }
        var plain = output.resolve("." + UUID.randomUUID() + ".part");
        try {
            var notes = new ArrayList<>(new GgufModelWriter(Checkpoint.open(model), ggufType).write(plain));
            notes.addAll(new GgufFormat(plain, tables).write(table, output.resolve(ggufName())));
            return notes;
        } finally {
            Files.deleteIfExists(plain);
        }
    }

    /** Ollama's own converter knows tables of Phi-3 only; others come to it as GGUF. */
    private List<String> ollama() throws IOException {
        boolean converts = Files.isDirectory(model) && Checkpoint.config(model).modelType().equals("phi3");
        var notes = converts ? directory(Engine.OLLAMA) : gguf();
        WholeFile.write(output.resolve("Modelfile"),
                "FROM ./" + (converts ? "" : ggufName()) + "\nPARAMETER num_ctx " + table.longest().length() + "\n");
        return notes;
    }

    private List<String> directory(Engine engine) throws IOException {
        if (weights == WeightsChoice.NONE) {
            var notes = new ArrayList<>(Checkpoint.writeConfig(model, table, engine, output.resolve("config.json")));
            notes.add("config.json alone was written: lay it over a copy of " + model + ", which has the weights.");
            return notes;
        }
        var how = switch (weights) {
            case COPY -> ModelCopy.COPY;
            case REFER -> ModelCopy.REFER;
            default -> ModelDirectory.usual(model);
        };
        var notes = new ArrayList<>(ModelDirectory.add(output, model, table, engine, how));
        if (!ModelDirectory.hasWeights(model)) {
            notes.add(model + " has no weights, so there are none beside config.json.");
        } else if (how == ModelCopy.REFER && Files.isDirectory(model)) {
            notes.add("The weights are links to those of " + model + ", which must stay there; --weights copy makes the directory"
                    + " complete.");
        }
        return notes;
    }

    /** A GGUF file keeps its name. */
    private String ggufName() {
        return Files.isDirectory(model) ? Path.of(table.model()).getFileName() + "-" + ggufType.name().toLowerCase(Locale.ROOT) + ".gguf"
                : model.getFileName().toString();
    }
}
