package io.longrope.search.table.gguf;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.table.TableFormat;
import io.longrope.search.table.TwoTables;
import io.longrope.search.table.internal.JsonFiles;
import io.longrope.search.file.WholeFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tables in a GGUF file, for llama.cpp and what builds on it. A table has no file of its own there: writing copies a
 * model's GGUF with the table in it, float32, all other tensors byte for byte.
 */
public final class GgufFormat implements TableFormat {

    private static final String ALWAYS = "rope_freqs.weight";
    private static final String LONG = "rope_factors_long.weight";
    private static final String SHORT = "rope_factors_short.weight";
    /** Architectures whose every loader knows the two tables. */
    private static final Set<String> SWITCHING = Set.of("phi3", "phimoe", "minicpm", "minicpm3");
    /** Architectures whose every loader knows the single table. */
    private static final Set<String> SINGLE = Set.of("llama");

    /** Which tensors a model of architecture llama gets. */
    public enum LlamaTables {
        /** The long table alone, applied at every length: every build of llama.cpp reads it. */
        LONG_ONLY,
        /** Short and long: builds before 2026 refuse a llama file with these tensors. */
        SHORT_AND_LONG
    }

    private final Path model;
    private final LlamaTables llamaTables;

    /** @param model the GGUF file that is copied on writing */
    public GgufFormat(Path model, LlamaTables llamaTables) {
        this.model = Require.present(model, "model");
        this.llamaTables = Require.present(llamaTables, "llamaTables");
    }

    @Override
    public String name() {
        return "gguf";
    }

    @Override
    public List<String> write(FactorTable table, Path file) throws IOException {
        var tables = TwoTables.of(table);
        var header = GgufReader.read(model);
        var model = GgufModel.of(header);
        Require.that(SWITCHING.contains(model.architecture()) || SINGLE.contains(model.architecture()),
                header.file() + ": general.architecture", "must be one that llama.cpp gives tables to: llama, "
                        + String.join(", ", SWITCHING.stream().sorted().toList()), model.architecture());
        model.requireFits(tables.geometry());
        boolean switching = SWITCHING.contains(model.architecture()) || llamaTables == LlamaTables.SHORT_AND_LONG;
        var patch = metadata(header, model, tables, switching);
        if (switching) {
            patch.tensor(LONG, floats(tables.longFactors())).tensor(SHORT, floats(tables.shortFactors())).remove(ALWAYS);
        } else {
            patch.tensor(ALWAYS, floats(tables.longFactors())).remove(LONG).remove(SHORT);
        }
        WholeFile.write(file, part -> patch.write(header, part));
        return notes(tables, switching, model.architecture());
    }

    private static GgufPatch metadata(GgufHeader header, GgufModel model, TwoTables tables, boolean switching) {
        var patch = new GgufPatch();
        header.entries().keySet().stream().filter(key -> key.startsWith(model.key("rope.scaling."))).forEach(patch::remove);
        patch.set(model.key("context_length"), tables.length());
        patch.set(model.key("rope.scaling.original_context_length"), tables.geometry().originalLength());
        patch.set(model.key("rope.scaling.attn_factor"), (float) tables.longAttention());
        if (switching) {
            patch.set(model.key("rope.scaling.type"), "longrope");
        }
        return patch;
    }

    private static List<String> notes(TwoTables tables, boolean switching, String architecture) {
        var notes = new ArrayList<>(tables.notes());
        int original = tables.geometry().originalLength();
        if (!switching) {
            notes.add("llama.cpp applies the long table at every length; the short table is not in the file.");
        } else {
            notes.add("llama.cpp chooses once: a context size (-c) above " + original + " uses the long table for every prompt.");
        }
        if (switching && SINGLE.contains(architecture)) {
            notes.add("llama.cpp builds before 2026 refuse a llama file with two tables; LONG_ONLY is read by all.");
        }
        if (tables.shortAttention() != tables.longAttention()) {
            notes.add("llama.cpp uses attention factor " + tables.longAttention() + " at every length; the short table was searched with "
                    + tables.shortAttention() + ".");
        }
        return List.copyOf(notes);
    }

    /** What llama.cpp would apply: a single table stands for the original length as well. */
    @Override
    public FactorTable read(Path file) throws IOException {
        var header = GgufReader.read(file);
        var model = GgufModel.of(header);
        var always = factors(header, model, ALWAYS);
        var longFactors = always.or(() -> factors(header, model, LONG)).orElseThrow(() -> header.bad("tensors",
                "must have " + ALWAYS + " or " + LONG + " to hold factors", "neither", ""));
        var shortFactors = always.or(() -> factors(header, model, SHORT)).orElseThrow(() -> header.bad("tensors",
                "must have " + SHORT + " beside " + LONG, "missing", ""));
        try {
            return table(header, model, shortFactors, longFactors);
        } catch (BadInput e) {
            throw JsonFiles.in(file, e);
        }
    }

    private static FactorTable table(GgufHeader header, GgufModel model, RescaleFactors shortFactors, RescaleFactors longFactors) {
        int window = model.contextLength();
        int original = model.originalLength().orElse(window);
        double attention = header.number(model.key("rope.scaling.attn_factor")).orElse(1);
        var entries = new ArrayList<TableEntry>();
        entries.add(TableEntry.of(original, Measured.unmeasured(new Candidate(shortFactors, 0, attention))));
        if (window > original) {
            entries.add(TableEntry.of(window, Measured.unmeasured(new Candidate(longFactors, 0, attention))));
        }
        return new FactorTable(header.text("general.name").filter(name -> !name.isBlank()).orElse(model.architecture()),
                new RopeGeometry(model.rotaryDim(), model.theta(), original), entries, List.of("read from " + header.file().getFileName()));
    }

    private static Optional<RescaleFactors> factors(GgufHeader header, GgufModel model, String name) {
        return header.factors(name, model.rotaryDim() / 2).map(floats -> {
            var factors = new double[floats.length];
            for (int i = 0; i < factors.length; i++) {
                factors[i] = floats[i];
            }
            return RescaleFactors.ofFinite(factors);
        });
    }

    private static float[] floats(RescaleFactors factors) {
        var floats = new float[factors.pairs()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) factors.get(i);
            if (!(floats[i] > 0) || Float.isInfinite(floats[i])) {
                throw new BadInput("factor " + i, "must fit float32 in this format", factors.get(i), "export csv or json");
            }
        }
        return floats;
    }
}
