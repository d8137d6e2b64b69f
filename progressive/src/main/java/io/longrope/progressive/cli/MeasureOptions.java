package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.evaluator.text.StartToken;
import io.longrope.progressive.driver.Measurements;
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
import java.util.OptionalInt;
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

    @Option(names = "--start-token", paramLabel = "TOKEN", defaultValue = "auto", description = "What opens every sample: auto, which is what the"
            + " model's tokenizer puts before a text, none, or a token id (default: ${DEFAULT-VALUE}).")
    private String startToken;

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
        var table = new CostTable(lengths(model).stream().map(length -> new CostTable.Row(length, plan(model, columns, length), columns.stream()
                .mapToDouble(column -> new PassCost(model, column.attention()).operations(metric.context(length))).max().orElseThrow())).toList());
        format.print(console, table.table(), table.exactTable(), table.tree());
    }

    /** Lengths are those of MODEL, whichever model is measured. */
    Part measure(Main.Console console, String name, String model, Map<String, MethodOptions.Column> columns) throws InterruptedException {
        var lengths = lengths(config(model()));
        int longest = lengths.get(lengths.size() - 1);
        var checkpoint = Checkpoint.open(scoring.directory(model));
        var plan = plan(checkpoint.config(), columns.values(), longest);
        try (var session = scoring.session(); var tokenizer = checkpoint.tokenizer(); var open = scoring.measurements(session, checkpoint.directory(), plan)) {
            var start = checkpoint.startToken(StartToken.parse(startToken));
            var samples = checked(console, name, checkpoint, start);
            var rows = new ArrayList<MetricOptions.Row>();
            for (int length : lengths) {
                rows.addAll(metric.rows(checkpoint, start, length, samples, scoring.seed()));
            }
            return new Part(name, checkpoint.fingerprint(), List.copyOf(columns.keySet()), measure(name, open, start, rows, columns.values()));
        }
    }

    private List<MetricTable.Row> measure(String name, Measurements open, OptionalInt start, List<MetricOptions.Row> rows,
                                          Collection<MethodOptions.Column> columns)
            throws InterruptedException {
        // every method is asked for every length before the first is measured, so that what is refused is refused at once
        for (var row : rows) {
            columns.forEach(column -> column.candidate().apply(row.context()));
        }
        var asked = rows.stream().map(row -> columns.stream()
                .map(column -> open.measure(row.metric(), column.candidate().apply(row.context()), column.attention(),
                        metric.use(row.context(), column.attention()))).toList()).toList();
        var measured = new ArrayList<MetricTable.Row>();
        for (int i = 0; i < rows.size(); i++) {
            var figures = new ArrayList<Double>();
            for (var figure : asked.get(i)) {
                figures.add(figure.get());
            }
            measured.add(new MetricTable.Row(rows.get(i).place(), rows.get(i).metric().protocol() + ", " + told(start), figures));
            LOG.info("{}: {} of {} rows: {}", name, i + 1, rows.size(), rows.get(i).place().entrySet().stream()
                    .map(place -> place.getKey() + " " + place.getValue()).collect(Collectors.joining(", ")));
        }
        return measured;
    }

    private static String told(OptionalInt start) {
        return start.isPresent() ? "after start token " + start.getAsInt() : "without a start token";
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
    private IntFunction<SampleSet> checked(Main.Console console, String name, Checkpoint checkpoint, OptionalInt start) {
        var cutter = scoring.cutter(console, checkpoint, start);
        return length -> {
            var set = cutter.apply(length);
            var fingerprint = set.reference().fingerprint();
            var known = cut.putIfAbsent(length, fingerprint);
            Require.that(known == null || known.equals(fingerprint), name, "must have the tokenizer and the start token of " + model()
                    + ", since perplexities of other tokens do not compare", "another", "measure it by itself");
            return set;
        };
    }

    /** Of the method that takes most. */
    private MemoryPlan plan(ModelConfig model, Collection<MethodOptions.Column> columns, int length) {
        return columns.stream().map(column -> scoring.plan(model, metric.use(metric.context(length), column.attention())))
                .max(Comparator.comparingLong(MemoryPlan::total)).orElseThrow();
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
