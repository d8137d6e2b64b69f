package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.report.ComparisonPage;
import io.longrope.progressive.report.HtmlPage;
import io.longrope.progressive.report.Pictures;
import io.longrope.progressive.report.RunComparison;
import io.longrope.progressive.report.RunLayout;
import io.longrope.progressive.report.RunReport;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code longrope report RUN…}. */
@Command(name = "report", mixinStandardHelpOptions = true, sortOptions = false,
        description = {"Prints the closing table of a run, and writes report.html and charts/ into its directory.",
            "Of several runs: prints them side by side, and writes a page of their own."},
        footer = {"", "A page needs no network and nothing beside it. Of a run that has not finished it tells what is there so far.",
            "", "Example: ${ROOT-COMMAND-NAME} report runs/demo --format csv",
            "Example: ${ROOT-COMMAND-NAME} report demo-4f0c11aa --runs /shared/runs",
            "Example: ${ROOT-COMMAND-NAME} report runs/paper runs/adaptive --output comparison.html"})
public final class ReportCommand implements Callable<Integer> {

    private final Console console;

    @Parameters(paramLabel = "RUN", arity = "1..*", description = "Run directories, or jobs' ids below --runs; several are compared.")
    private List<Path> runs;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "runs",
            description = "Where drivers leave their runs (default: ${DEFAULT-VALUE}).")
    private Path root;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "md",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format = Format.MD;

    @Option(names = "--output", paramLabel = "FILE", description = "Where the page goes (default: report.html in the run's directory; "
            + "of several runs comparison-RUN-RUN….html here). A run's directory is not written to then.")
    private Path output;

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
        return runs.size() == 1 ? report(directory(runs.get(0))) : compare();
    }

    private int report(Path directory) throws IOException {
        var report = RunReport.read(directory);
        var page = output == null ? report.write(directory) : report.writePage(output);
        console.terminal().line(page.toString());
        var file = directory.resolve("report." + format);
        if (!Files.exists(file)) {
            throw new BadInput(directory.toString(), "must have finished to have a closing table", "without " + file.getFileName(),
                    "the command that began it finishes it");
        }
        console.out().print(Files.readString(file));
        console.out().flush();
        return 0;
    }

    private int compare() throws IOException {
        var reports = new LinkedHashMap<String, RunReport>();
        for (var run : runs) {
            var directory = directory(run);
            if (reports.putIfAbsent(name(directory), RunReport.read(directory)) != null) {
                throw new BadInput("runs", "must be different ones to compare", name(directory) + " twice", "");
            }
        }
        var comparison = new RunComparison(reports);
        var page = new HtmlPage(String.join(", ", reports.keySet()), Pictures.INLINE);
        new ComparisonPage(comparison).addTo(page);
        console.terminal().line(page.write(output == null ? ownFile(reports) : output).toString());
        console.out().println(switch (format) {
            case MD -> comparison.markdown();
            case CSV -> comparison.exactTable().csv();
            case JSON -> Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(comparison.tree());
        });
        console.out().flush();
        return 0;
    }

    /** In the working directory: the runs may be somebody else's. */
    private static Path ownFile(Map<String, RunReport> reports) {
        var file = "comparison-" + String.join("-", reports.keySet()).replaceAll("[^A-Za-z0-9._-]", "-");
        return Path.of((file.length() <= 200 ? file : file.substring(0, 200)) + ".html");
    }

    /** The last part of a path that is alone in having it, otherwise as much of it as was given. */
    private String name(Path directory) {
        boolean alone = runs.stream().filter(run -> last(run).equals(last(directory))).count() == 1;
        return alone ? last(directory) : directory.normalize().toString();
    }

    private static String last(Path directory) {
        return directory.toAbsolutePath().normalize().getFileName().toString();
    }

    private Path directory(Path run) {
        var directory = Files.isDirectory(run) ? run : root.resolve(run);
        if (!Files.exists(directory.resolve(RunLayout.PLAN))) {
            throw new BadInput(run.toString(), "must be a run directory, or a job below " + root, "neither",
                    "--runs says where drivers leave their runs");
        }
        return directory;
    }
}
