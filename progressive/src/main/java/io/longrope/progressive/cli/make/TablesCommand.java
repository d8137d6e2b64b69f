package io.longrope.progressive.cli.make;

import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.CsvOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.report.chart.FactorFigure;
import io.longrope.search.table.JsonFormat;
import io.longrope.search.table.TableDifference;
import io.longrope.search.table.TableText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;

/** {@code longrope tables}: looks at factor tables and brings foreign ones into our form. */
@Command(name = "tables", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Shows, compares and imports factor tables: our JSON, config.json, GGUF, CSV.",
        footer = {"", "Example: ${ROOT-COMMAND-NAME} tables show runs/demo --png factors.png",
            "Example: ${ROOT-COMMAND-NAME} tables diff runs/demo/tables/before-fine-tuning.json runs/demo",
            "Example: ${ROOT-COMMAND-NAME} tables import ft_la2_128k.csv --csv-rotary-dim 128 --csv-original-length 4k --csv-length "
            + "128k --output "
            + "table.json"})
public final class TablesCommand implements Runnable {

    private final Console console;

    @Spec
    private CommandSpec spec;

    public TablesCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        spec.commandLine().usage(console.out());
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints a table and what its factors do.")
    int show(@Parameters(paramLabel = "TABLE", description = "A run directory, or a table in any form.") Path table,
             @Option(names = "--png", paramLabel = "FILE",
             description = "Draws it too: factors and wavelengths by pair beside PI, NTK and YaRN.") Path png,
             @Mixin CsvOptions csv) throws IOException {
        var read = csv.read(table);
        if (png != null) {
            FactorFigure.of("factors", read).write(png);
        }
        console.out().print(TableText.of(read));
        console.out().flush();
        return 0;
    }

    @Command(name = "diff", mixinStandardHelpOptions = true, description = "Prints where two tables differ.")
    int diff(@Parameters(paramLabel = "FIRST", description = "A run directory, or a table in any form.") Path first,
             @Parameters(paramLabel = "SECOND", description = "The other one.") Path second, @Mixin CsvOptions csv) throws IOException {
        console.out().print(TableText.of(TableDifference.between(csv.read(first), csv.read(second))));
        console.out().flush();
        return 0;
    }

    @Command(name = "at", mixinStandardHelpOptions = true,
            description = "Prints what a table runs at one length, or writes it as a table of its own.",
            footer = {"", "The entry of the smallest length that holds the sequence serves it; up to the original length only an entry "
            + "of at most that"
                + " length (a recovery) counts.", "",
                "Example: ${ROOT-COMMAND-NAME} tables at runs/demo --length 600 --dynamic --output at-600.json"})
    int at(@Parameters(paramLabel = "TABLE", description = "A run directory, or a table in any form.") Path table,
           @Option(names = "--length", paramLabel = "LENGTH", required = true, description = "Tokens of the sequence.") String length,
           @Option(names = "--dynamic",
           description = "Fit the longest entry to the length, as Microsoft's dynamic form does.") boolean dynamic,
           @Option(names = "--output", paramLabel = "FILE", description = "File to write, our JSON (default: print).") Path output,
           @Mixin CsvOptions csv) throws IOException {
        var at = csv.read(table).at(TokenCounts.parse("--length", length), dynamic);
        if (output == null) {
            console.out().print(TableText.of(at));
            console.out().flush();
        } else {
            new JsonFormat().write(at, output);
            console.out().println(output);
        }
        return 0;
    }

    @Command(name = "import", mixinStandardHelpOptions = true,
            description = "Writes a table as our JSON, which export turns into any form.")
    int importTable(@Parameters(paramLabel = "TABLE", description = "A table in any form.") Path table,
                    @Option(names = "--output", paramLabel = "FILE", required = true, description = "File to write.") Path output,
                    @Mixin CsvOptions csv) throws IOException {
        new JsonFormat().write(csv.read(table), output);
        console.out().println(output);
        return 0;
    }
}
