package io.longrope.progressive.cli;

import io.longrope.progressive.driver.LocalScoring;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.search.internal.Json;
import io.longrope.search.job.Lengths;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RopeScaling;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.TableFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** {@code longrope evaluate MODEL}. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Prints the perplexity of a model: methods across, lengths down.",
        footer = {"", "Example: longrope evaluate java-1m --method original --method yarn --length 256 --length 1024",
            "Example: longrope evaluate runs/demo/model --table runs/demo --length 8k --format json"})
final class EvaluateCommand implements Callable<Integer> {

    private static final String CONFIGURED = "configured";

    private final Main.Console console;

    @Mixin
    private ScoringOptions scoring;

    @Option(names = "--method", paramLabel = "METHOD", description = "A known method, with parameters as in yarn:factor=8,beta-fast=128."
            + " configured is what the model's config.json asks for. May be repeated (default: configured, or for plain RoPE original, pi, ntk,"
            + " dynamic-ntk and yarn, unless tables are given).")
    private List<String> methods = List.of();

    @Option(names = "--table", paramLabel = "TABLE", description = "A run directory or a factor table. May be repeated.")
    private List<Path> tables = List.of();

    @Option(names = "--length", paramLabel = "LENGTH", description = "Tokens per sample, e.g. 1024 or 128k. May be repeated (default: 1, 2 and 4 windows).")
    private List<String> lengths = List.of();

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "table", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Format format;

    @Mixin
    private LogOptions log;

    enum Format {
        TABLE, CSV, JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    EvaluateCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        methods.stream().filter(method -> !method.equals(CONFIGURED)).forEach(RopeScalings::named);
        var read = new LinkedHashMap<String, FactorTable>();
        for (var table : tables) {
            var ofRun = table.resolve("tables/factors.json");
            read.put(table.toString(), TableFiles.read(Files.exists(ofRun) ? ofRun : table, Optional.empty()));
        }
        try (var open = scoring.open()) {
            var columns = new LinkedHashMap<String, Function<Integer, Candidate>>();
            for (var method : methods(open)) {
                var scaling = method.equals(CONFIGURED) ? configured(open) : RopeScalings.named(method);
                columns.put(method, length -> Candidate.of(scaling, open.geometry(), length));
            }
            read.forEach((name, table) -> columns.put(name, table::forLength));
            print(report(open, columns));
        }
        return 0;
    }

    private List<String> methods(LocalScoring open) {
        if (!methods.isEmpty() || !tables.isEmpty()) {
            return methods;
        }
        return open.configured().isPresent() ? List.of(CONFIGURED) : List.of("original", "pi", "ntk", "dynamic-ntk", "yarn");
    }

    private static RopeScaling configured(LocalScoring open) {
        return open.configured().orElseThrow(() -> new BadInput("--method configured", "must have a rope extension in the model's config.json",
                "plain RoPE", "name another method"));
    }

    private PerplexityReport report(LocalScoring open, Map<String, Function<Integer, Candidate>> columns) throws InterruptedException {
        var rows = new ArrayList<PerplexityReport.Row>();
        for (int length : lengths(open.geometry().originalLength())) {
            var samples = open.scoring().samples(scoring.share(), scoring.samples(), length);
            var candidates = columns.values().stream().map(column -> column.apply(length)).toList();
            var scores = open.scoring().scores(open.model(), samples, candidates);
            rows.add(new PerplexityReport.Row(length, scores.stream().map(score -> OptionalDouble.of(score.perplexity())).toList()));
        }
        return new PerplexityReport(List.copyOf(columns.keySet()), rows);
    }

    private List<Integer> lengths(int window) {
        if (lengths.isEmpty()) {
            return List.of(window, 2 * window, 4 * window);
        }
        return lengths.stream().map(text -> Lengths.parse(text)
                .orElseThrow(() -> new BadInput("--length", "must be a length in tokens, such as 1024 or 128k", text, ""))).sorted().toList();
    }

    private void print(PerplexityReport report) throws IOException {
        console.out().println(switch (format) {
            case TABLE -> report.table().aligned();
            case CSV -> report.exactTable().csv();
            case JSON -> Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(report.tree());
        });
    }
}
