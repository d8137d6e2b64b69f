package io.longrope.progressive.cli;

import io.longrope.progressive.driver.LocalModel;
import io.longrope.progressive.report.CostTable;
import io.longrope.progressive.report.MetricTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code longrope evaluate MODEL}. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures a model: methods across, lengths down.",
        footer = {"", "Example: longrope evaluate java-1m --method original --method yarn --lengths 256,1024",
            "Example: longrope evaluate java-1m --metric passkey --lengths 512,1k --depths 0,0.5,1 --trials 10",
            "Example: longrope evaluate llama-2-7b --estimate --precision bf16 --lengths 128k,2048k",
            "Example: longrope evaluate runs/demo/model --table runs/demo --metric sliding --lengths 8k --window 2k --format json"})
final class EvaluateCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(EvaluateCommand.class);

    private final Main.Console console;

    @Mixin
    private ScoringOptions scoring;

    @Mixin
    private MetricOptions metric;

    @Mixin
    private MethodOptions methods;

    @Option(names = {"--length", "--lengths"}, paramLabel = "LENGTH", split = ",", description = "Tokens per sample or prompt, e.g. 1024 or 4k,128k."
            + " May be repeated (default: 1, 2 and 4 windows).")
    private List<String> lengths = List.of();

    @Option(names = "--estimate", description = "Print memory and floating-point operations of one pass by length; a config.json is enough, nothing is run.")
    private boolean estimate;

    @Mixin
    private FormatOptions format;

    @Mixin
    private LogOptions log;

    EvaluateCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var model = scoring.config();
        var lengths = lengths(model.rope().originalLength());
        var cost = scoring.cost(model);
        if (estimate) {
            var costs = new CostTable(lengths.stream()
                    .map(length -> new CostTable.Row(length, metric.memory(cost, length), cost.operations(metric.context(length)))).toList());
            format.print(console, costs.table(), costs.exactTable(), costs.tree());
            return 0;
        }
        var columns = methods.columns(model);
        int longest = lengths.get(lengths.size() - 1);
        try (var open = scoring.openModel(longest, metric.memory(cost, longest))) {
            var samples = scoring.cutter(open.checkpoint());
            var rows = new ArrayList<MetricOptions.Row>();
            for (int length : lengths) {
                rows.addAll(metric.rows(open.checkpoint(), length, samples, scoring.seed()));
            }
            var measured = measure(open, rows, columns);
            format.print(console, measured.table(), measured.exactTable(), measured.tree());
        }
        return 0;
    }

    private MetricTable measure(LocalModel open, List<MetricOptions.Row> rows, Map<String, MethodOptions.Column> columns)
            throws InterruptedException {
        // every method is asked for every length before the first is measured, so that what is refused is refused at once
        for (var row : rows) {
            columns.values().forEach(column -> column.candidate().apply(row.context()));
        }
        var asked = rows.stream().map(row -> columns.values().stream()
                .map(column -> open.measure(row.metric(), column.candidate().apply(row.context()), column.scaling())).toList()).toList();
        var measured = new ArrayList<MetricTable.Row>();
        for (int i = 0; i < rows.size(); i++) {
            var figures = new ArrayList<Double>();
            for (var figure : asked.get(i)) {
                figures.add(figure.get());
            }
            measured.add(new MetricTable.Row(rows.get(i).place(), rows.get(i).metric().protocol(), figures));
            LOG.info("{} of {} rows: {}", i + 1, rows.size(), rows.get(i).place().entrySet().stream()
                    .map(place -> place.getKey() + " " + place.getValue()).collect(Collectors.joining(", ")));
        }
        return new MetricTable(metric.kind().toString(), metric.quantity(), setting(open), List.copyOf(columns.keySet()), measured);
    }

    private Map<String, Object> setting(LocalModel open) {
        var setting = new LinkedHashMap<String, Object>();
        setting.put("model", open.checkpoint().fingerprint());
        setting.put("precision", scoring.precision());
        setting.put("seed", scoring.seed());
        if (metric.isRetrieval()) {
            setting.put("trials", metric.trials());
        } else {
            setting.put("text", scoring.text());
            setting.put("share", scoring.share());
            setting.put("samples", scoring.samples());
        }
        return setting;
    }

    private List<Integer> lengths(int window) {
        if (!lengths.isEmpty()) {
            return lengths.stream().map(text -> TokenCounts.parse("--length", text)).sorted().distinct().toList();
        }
        int shortest = metric.shortestLength();
        return Stream.of(1, 2, 4).map(times -> (int) Math.min(Integer.MAX_VALUE, Math.max(shortest, (long) times * window))).distinct().toList();
    }
}
