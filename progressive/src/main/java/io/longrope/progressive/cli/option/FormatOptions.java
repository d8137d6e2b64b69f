package io.longrope.progressive.cli.option;

import io.longrope.progressive.report.ResultTable;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.json.Json;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;

/** The form figures are printed in. */
public final class FormatOptions {

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format;

    public enum Format {
        TABLE, CSV, JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** True for the form people read. */
    public boolean isTable() {
        return format == Format.TABLE;
    }

    public void print(Console console, ResultTable table) throws IOException {
        print(console, table.table(), table.exactTable(), table.tree());
    }

    /**
     * @param table for people
     * @param exact the same for programs
     * @param tree  the same as JSON
     */
    public void print(Console console, TextTable table, TextTable exact, Map<String, Object> tree) throws IOException {
        console.out().println(switch (format) {
            case TABLE -> table.aligned();
            case CSV -> exact.csv();
            case JSON -> Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(tree);
        });
    }
}
