package io.longrope.progressive.cli;

import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code longrope report RUN}. */
@Command(name = "report", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Prints the closing table of a finished run.",
        footer = {"", "Example: longrope report runs/demo --format csv"})
final class ReportCommand implements Callable<Integer> {

    private final Main.Console console;

    @Parameters(paramLabel = "RUN", description = "The run directory.")
    private Path run;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "md", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.MD;

    enum Format {
        MD, CSV, JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    ReportCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        var file = run.resolve("report." + format);
        if (!Files.exists(file)) {
            throw new BadInput(run.toString(), "must be the directory of a finished run", "without " + file.getFileName(),
                    Files.exists(run.resolve("plan.yaml")) ? "the command that began it finishes it" : "");
        }
        console.out().print(Files.readString(file));
        console.out().flush();
        return 0;
    }
}
