package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.report.RunLayout;
import io.longrope.progressive.report.RunReport;
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
        description = "Prints the closing table of a run, and writes report.html and charts/ into its directory.",
        footer = {"", "report.html needs no network and nothing beside it. Of a run that has not finished it tells what is there so far.",
            "", "Example: longrope report runs/demo --format csv", "Example: longrope report demo-4f0c11aa --runs /shared/runs"})
public final class ReportCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "RUN", description = "The run directory, or a job's id below --runs.")
    private Path run;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "runs",
            description = "Where drivers leave their runs (default: ${DEFAULT-VALUE}).")
    private Path runs;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "md",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.MD;

    enum Format {
        MD, CSV, JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ReportCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        var directory = Files.isDirectory(run) ? run : runs.resolve(run);
        if (!Files.exists(directory.resolve(RunLayout.PLAN))) {
            throw new BadInput(run.toString(), "must be a run directory, or a job below " + runs, "neither",
                    "--runs says where drivers leave their runs");
        }
        var page = RunReport.read(directory).write(directory);
        console.terminal().line(page.toString());
        var file = directory.resolve("report." + format);
        if (!Files.exists(file)) {
            throw new BadInput(run.toString(), "must have finished to have a closing table", "without " + file.getFileName(),
                    "the command that began it finishes it");
        }
        console.out().print(Files.readString(file));
        console.out().flush();
        return 0;
    }
}
