package io.longrope.search.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.table.internal.JsonFiles;
import io.longrope.search.file.WholeFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The project's own file form: everything a table holds, to the bit. */
public final class JsonFormat implements TableFormat {

    private static final int SCHEMA = 1;

    @Override
    public String name() {
        return "json";
    }

    @Override
    public List<String> write(FactorTable table, Path file) throws IOException {
        var document = new Document(SCHEMA, table.model(), table.geometry(), table.entries(), table.provenance());
        WholeFile.write(file, JsonFiles.pretty(Json.mapper().valueToTree(document)));
        return List.of();
    }

    @Override
    public FactorTable read(Path file) throws IOException {
        return read(file, JsonFiles.read(file));
    }

    static FactorTable read(Path file, ObjectNode json) {
        if (!json.path("schema").isInt()) {
            throw new BadInput(file + ": schema", "must be a whole number", json.has("schema") ? json.get("schema") : "missing", "");
        }
        if (json.get("schema").intValue() != SCHEMA) {
            throw new BadInput(file + ": schema", "must be " + SCHEMA, json.get("schema"), "read it with the version that wrote it");
        }
        var document = JsonFiles.bind(file, json, Document.class);
        try {
            return new FactorTable(document.model, document.geometry, document.entries, document.provenance);
        } catch (BadInput e) {
            throw JsonFiles.in(file, e);
        }
    }

    private record Document(int schema, String model, RopeGeometry geometry, List<TableEntry> entries, List<String> provenance) {
    }
}
