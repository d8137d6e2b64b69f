package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.KeyTokens;
import io.longrope.evaluator.metric.LossTrials;
import io.longrope.evaluator.metric.Trials;
import io.longrope.evaluator.session.ModelPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.evaluator.text.StartToken;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.cli.option.MethodOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.local.Measurements;
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

    @Mixin
    private KeyTokenOptions keyTokens;

    @Option(names = {"--length", "--lengths"}, paramLabel = "LENGTH", split = ",",
            description = "Tokens per sample or prompt, e.g. 1024 or 4k,128k."
            + " May be repeated (default: 1, 2 and 4 windows).")
    private List<String> lengths = List.of();

    @Option(names = "--start-token", paramLabel = "TOKEN", defaultValue = "auto",
            description = "What opens every sample: auto, which is what the"
            + " model's tokenizer puts before a text, none, or a token id (default: ${DEFAULT-VALUE}).")
    private String startToken;

    @Option(names = "--estimate",
            description = "Print memory and floating-point operations of one pass by length, of the costliest method; a"
            + " config.json is enough, nothing is run.")
    private boolean estimate;

    @Mixin
    private FormatOptions format;

    private final Map<Integer, String> cut = new HashMap<>();
    private final Map<Integer, List<float[]>> crops = new HashMap<>();
    private Map<Integer, KeyTokenOptions.Found> keys = Map.of();

    /**
     * A model's part of the table.
     *
     * @param name        of the model, for messages
     * @param fingerprint of the model
     * @param columns     names of the methods
     * @param readings    how methods read that do not read texts whole, a sentence each
     */
    record Part(String name, String fingerprint, List<String> columns, List<String> readings, List<MetricTable.Row> rows) {
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

    void printEstimate(Console console, Collection<MethodOptions.Column> columns) throws IOException {
        var model = config(model());
        var table = new CostTable(lengths(model).stream()
                .map(length -> new CostTable.Row(length, plan(model, columns, length).largest(), columns.stream()
                .mapToDouble(column -> new PassCost(model, column.attention()).operations(metric.context(length))).max().orElseThrow()))
                .toList());
        format.print(console, table);
    }

    /** Lengths are those of MODEL, whichever model is measured. */
    Part measure(Console console, String name, String model, Map<String, MethodOptions.Column> columns) throws InterruptedException {
        var lengths = lengths(config(model()));
        int longest = lengths.get(lengths.size() - 1);
        var checkpoint = Checkpoint.open(scoring.directory(model));
        var plan = plan(checkpoint.config(), columns.values(), longest);
        try (var session = scoring.session(); var tokenizer = checkpoint.tokenizer(); var open =
                scoring.measurements(session, checkpoint.path(), plan)) {
            var start = checkpoint.startToken(StartToken.parse(startToken));
            var samples = checked(console, name, checkpoint, start);
            if (metric.isGain() && crops.isEmpty()) {
                measureCrop(open, checkpoint.config(), start, lengths, samples);
            }
            var judged = columns;
            if (metric.isLongPerplexity()) {
                judged = keyTokens.judged(scoring, checkpoint.fingerprint(), columns, longest);
                findKeyTokens(session, new KeyTokens.Reader(tokenizer.coding(), tokenizer.fingerprint(), start), lengths, samples);
            }
            var questions = new ArrayList<Question<?>>();
            for (int length : lengths) {
                questions.addAll(metric.questions(checkpoint, start, length, samples, crops::get, keys::get, scoring.seed()));
            }
            return new Part(name, checkpoint.fingerprint(), List.copyOf(judged.keySet()), readings(judged.values(), start),
                    measure(name, open, start, questions, judged.values()));
        }
    }

    /** Of MODEL, which is measured first: what every method, also of another model, is held against. */
    private void measureCrop(Measurements open, ModelConfig model, OptionalInt start, List<Integer> lengths, IntFunction<SampleSet> samples)
            throws InterruptedException {
        var column = cropOf(model);
        for (int length : lengths) {
            crops.put(length, ask(open, new LossTrials(samples.apply(length)), length, start, column).get());
        }
    }

    /** Of MODEL's samples, which every model reads. */
    private void findKeyTokens(ModelSession session, KeyTokens.Reader judged, List<Integer> lengths, IntFunction<SampleSet> samples)
            throws InterruptedException {
        if (keys.isEmpty()) {
            var sets = new LinkedHashMap<Integer, SampleSet>();
            lengths.forEach(length -> sets.put(length, samples.apply(length)));
            keys = keyTokens.find(scoring, session, judged, StartToken.parse(startToken), sets);
        }
    }

    private static MethodOptions.Column cropOf(ModelConfig model) {
        return MethodOptions.Column.cropped(model, Crop.of(model.rope().originalLength(), OptionalInt.empty()));
    }

    private <T> Measurements.Measured<T> ask(Measurements open, Trials<T> trials, int context, OptionalInt start,
            MethodOptions.Column column) {
        var reading = column.reading().after(start);
        return open.measure(trials, column.candidate().apply(context), column.attention(), reading,
                metric.use(reading.context(context), column.attention()));
    }

    private List<MetricTable.Row> measure(String name, Measurements open, OptionalInt start, List<Question<?>> questions,
                                          Collection<MethodOptions.Column> columns)
            throws InterruptedException {
        // every method is asked for every length before the first is measured, so that what is refused is refused at once
        for (var question : questions) {
            columns.forEach(column -> column.candidate().apply(question.context()));
        }
        var answers = new ArrayList<Answers<?>>();
        questions.forEach(question -> answers.add(answers(open, question, start, columns)));
        var readings = ", " + told(start) + readings(columns, start).stream().map(protocol -> "; " + protocol)
                .collect(Collectors.joining());
        var rows = new ArrayList<MetricTable.Row>();
        for (int i = 0; i < answers.size(); i++) {
            var answered = answers.get(i).get();
            answered.forEach(row -> rows.add(new MetricTable.Row(row.place(), row.protocol() + readings, row.figures())));
            LOG.info("{}: {} of {} questions: {}", name, i + 1, answers.size(), answered.get(0).place().entrySet().stream()
                    .map(place -> place.getKey() + " " + place.getValue()).collect(Collectors.joining(", ")));
        }
        return rows;
    }

    private <T> Answers<T> answers(Measurements open, Question<T> question, OptionalInt start, Collection<MethodOptions.Column> columns) {
        return new Answers<>(question,
                columns.stream().map(column -> ask(open, question.trials(), question.context(), start, column)).toList());
    }

    private static String told(OptionalInt start) {
        return start.isPresent() ? "after start token " + start.getAsInt() : "without a start token";
    }

    /** What is being measured for a question, one for each method. */
    private record Answers<T>(Question<T> question, List<Measurements.Measured<T>> asked) {

        List<MetricTable.Row> get() throws InterruptedException {
            var measured = new ArrayList<List<T>>();
            for (var method : asked) {
                measured.add(method.get());
            }
            return question.rows().apply(measured);
        }
    }

    /** How methods, and what a gain is over, read that do not read texts whole. */
    private List<String> readings(Collection<MethodOptions.Column> columns, OptionalInt start) {
        var crop = crops.isEmpty() ? Stream.<String>empty() : Stream.of(cropOf(config(model())).reading().after(start).protocol());
        return Stream.concat(crop, columns.stream().map(column -> column.reading().after(start).protocol()))
                .filter(protocol -> !protocol.isEmpty()).distinct().toList();
    }

    /** @param parts of the same rows; the first is MODEL's */
    void print(Console console, List<Part> parts) throws IOException {
        var columns = parts.stream().flatMap(part -> part.columns().stream()).toList();
        var rows = new ArrayList<MetricTable.Row>();
        for (int i = 0; i < parts.get(0).rows().size(); i++) {
            int row = i;
            var first = parts.get(0).rows().get(i);
            rows.add(new MetricTable.Row(first.place(), first.protocol(),
                    parts.stream().flatMap(part -> part.rows().get(row).figures().stream()).toList()));
        }
        var table = new MetricTable(metric.kind().toString(), metric.quantity(), setting(parts), columns, rows);
        format.print(console, table.table(), table.exactTable(), table.tree());
        if (format.isTable()) {
            parts.stream().flatMap(part -> part.readings().stream()).distinct().forEach(console.out()::println);
        }
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
    private IntFunction<SampleSet> checked(Console console, String name, Checkpoint checkpoint, OptionalInt start) {
        var cutter = scoring.cutter(console, checkpoint, start);
        return length -> {
            var set = cutter.apply(length);
            var fingerprint = set.fingerprint();
            var known = cut.putIfAbsent(length, fingerprint);
            Require.that(known == null || known.equals(fingerprint), name, "must have the tokenizer and the start token of " + model()
                    + ", since perplexities of other tokens do not compare", "another", "measure it by itself");
            return set;
        };
    }

    /** Of the method that takes most. */
    private ModelPlan plan(ModelConfig model, Collection<MethodOptions.Column> columns, int length) {
        return columns.stream().map(column -> scoring.plan(model, metric.use(metric.context(length), column.attention())))
                .max(Comparator.comparingLong(ModelPlan::most)).orElseThrow();
    }

    private List<Integer> lengths(ModelConfig model) {
        if (!lengths.isEmpty()) {
            return lengths.stream().map(text -> TokenCounts.parse("--length", text)).sorted().distinct().toList();
        }
        int window = model.rope().originalLength();
        long shortest = metric.shortestLength(window);
        return Stream.of(1, 2, 4).map(times -> (int) Math.min(Integer.MAX_VALUE, Math.max(shortest, (long) times * window))).distinct()
                .toList();
    }
}
