package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.progressive.driver.LocalModel;
import io.longrope.progressive.report.CostTable;
import io.longrope.progressive.report.MetricTable;
import io.longrope.progressive.report.PassCost;
import io.longrope.search.problem.Require;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code evaluate} and {@code compare} measure of models, and how the figures are shown. */
final class MeasureOptions {

    private static final Logger LOG = LoggerFactory.getLogger(MeasureOptions.class);

    @Mixin
    private ScoringOptions scoring;

    @Mixin
    private MetricOptions metric;

    @Option(names = {"--length", "--lengths"}, paramLabel = "LENGTH", split = ",", description = "Tokens per sample or prompt, e.g. 1024 or 4k,128k."
            + " May be repeated (default: 1, 2 and 4 windows).")
    private List<String> lengths = List.of();

    @Option(names = "--estimate", description = "Print memory and floating-point operations of one pass by length, of the costliest method; a"
            + " config.json is enough, nothing is run.")
    private boolean estimate;

    @Mixin
    private FormatOptions format;

    private final Map<Integer, String> cut = new HashMap<>();

    /**
     * A model's part of the table.
     *
     * @param name        of the model, for messages
     * @param fingerprint of the model
     * @param columns     names of the methods
     */
    record Part(String name, String fingerprint, List<String> columns, List<MetricTable.Row> rows) {
    }

    String model() {
        return scoring.model();
    }

    ModelConfig config(String model) {
        return scoring.config(model);
    }

    boolean isEstimate() {
        return estimate;
    }

    void printEstimate(Main.Console console, Collection<MethodOptions.Column> columns) throws IOException {
        var model = config(model());
        var costs = costs(model, columns);
        var table = new CostTable(lengths(model).stream().map(length -> new CostTable.Row(length, memory(costs, length),
                costs.stream().mapToDouble(cost -> cost.operations(metric.context(length))).max().orElseThrow())).toList());
        format.print(console, table.table(), table.exactTable(), table.tree());
    }

    /** Lengths are those of MODEL, whichever model is measured. */
    Part measure(Main.Console console, String name, String model, Map<String, MethodOptions.Column> columns) throws InterruptedException {
        var lengths = lengths(config(model()));
        int longest = lengths.get(lengths.size() - 1);
        try (var open = scoring.openModel(model, longest, memory(costs(config(model), columns.values()), longest))) {
            var samples = checked(console, name, open.checkpoint());
            var rows = new ArrayList<MetricOptions.Row>();
            for (int length : lengths) {
                rows.addAll(metric.rows(open.checkpoint(), length, samples, scoring.seed()));
            }
            return new Part(name, open.checkpoint().fingerprint(), List.copyOf(columns.keySet()), measure(name, open, rows, columns.values()));
        }
    }

    private List<MetricTable.Row> measure(String name, LocalModel open, List<MetricOptions.Row> rows, Collection<MethodOptions.Column> columns)
            throws InterruptedException {
        // every method is asked for every length before the first is measured, so that what is refused is refused at once
        for (var row : rows) {
            columns.forEach(column -> column.candidate().apply(row.context()));
        }
        var asked = rows.stream().map(row -> columns.stream()
                .map(column -> open.measure(row.metric(), column.candidate().apply(row.context()), column.attention())).toList()).toList();
        var measured = new ArrayList<MetricTable.Row>();
        for (int i = 0; i < rows.size(); i++) {
            var figures = new ArrayList<Double>();
            for (var figure : asked.get(i)) {
                figures.add(figure.get());
            }
            measured.add(new MetricTable.Row(rows.get(i).place(), rows.get(i).metric().protocol(), figures));
            LOG.info("{}: {} of {} rows: {}", name, i + 1, rows.size(), rows.get(i).place().entrySet().stream()
                    .map(place -> place.getKey() + " " + place.getValue()).collect(Collectors.joining(", ")));
        }
        return measured;
    }

    /** @param parts of the same rows; the first is MODEL's */
    void print(Main.Console console, List<Part> parts) throws IOException {
        var columns = parts.stream().flatMap(part -> part.columns().stream()).toList();
        var rows = new ArrayList<MetricTable.Row>();
        for (int i = 0; i < parts.get(0).rows().size(); i++) {
            int row = i;
            var first = parts.get(0).rows().get(i);
            rows.add(new MetricTable.Row(first.place(), first.protocol(), parts.stream().flatMap(part -> part.rows().get(row).figures().stream()).toList()));
        }
        var table = new MetricTable(metric.kind().toString(), metric.quantity(), setting(parts), columns, rows);
        format.print(console, table.table(), table.exactTable(), table.tree());
    }

    private Map<String, Object> setting(List<Part> parts) {
        var setting = new LinkedHashMap<String, Object>();
        setting.put("model", parts.get(0).fingerprint());
        if (parts.size() > 1) {
            var others = new LinkedHashMap<String, String>();
            parts.subList(1, parts.size()).forEach(part -> others.put(part.name(), part.fingerprint()));
            setting.put("models", others);
        }
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

    /** Samples of a length must be the same tokens for every model. */
    private IntFunction<SampleSet> checked(Main.Console console, String name, Checkpoint checkpoint) {
        var cutter = scoring.cutter(console, checkpoint);
        return length -> {
            var set = cutter.apply(length);
            var fingerprint = set.reference().fingerprint();
            var known = cut.putIfAbsent(length, fingerprint);
            Require.that(known == null || known.equals(fingerprint), name, "must have the tokenizer and the start token of " + model()
                    + ", since perplexities of other tokens do not compare", "another", "measure it by itself");
            return set;
        };
    }

    private List<PassCost> costs(ModelConfig model, Collection<MethodOptions.Column> columns) {
        return columns.stream().map(column -> scoring.cost(model, column.attention())).toList();
    }

    private PassCost.Memory memory(List<PassCost> costs, int length) {
        return costs.stream().map(cost -> metric.memory(cost, length)).max(Comparator.comparingLong(PassCost.Memory::total)).orElseThrow();
    }

    private List<Integer> lengths(ModelConfig model) {
        if (!lengths.isEmpty()) {
            return lengths.stream().map(text -> TokenCounts.parse("--length", text)).sorted().distinct().toList();
        }
        int shortest = metric.shortestLength();
        long window = model.rope().originalLength();
        return Stream.of(1, 2, 4).map(times -> (int) Math.min(Integer.MAX_VALUE, Math.max(shortest, times * window))).distinct().toList();
    }
}
