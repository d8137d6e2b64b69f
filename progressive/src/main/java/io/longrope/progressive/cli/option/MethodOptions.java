package io.longrope.progressive.cli.option;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.PositionEncoding;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.Attentions;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.Reading;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.Resonance;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScaling;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Which methods a model is run with. */
public final class MethodOptions {

    private static final String CONFIGURED = "configured";

    @Option(names = {"--method", "--methods"}, paramLabel = "METHOD", description = "Known methods, with parameters as in"
            + " yarn:factor=8,beta-fast=128. configured is what the model's config.json asks for. May be repeated (default, unless "
            + "tables are given:"
            + " evaluate takes configured, or for plain RoPE original, pi, ntk, dynamic-ntk and yarn; compare takes all). Known: "
            + "original, pi, ntk,"
            + " dynamic-ntk, ntk-mixed, yarn, llama3, power, truncated, cope, proportional. Of attention: window, sinks, rerope, "
            + "leaky-rerope."
            + " Of reading: crop, the model's own RoPE on the last L tokens only.")
    private List<String> methods = List.of();

    @Option(names = {"--table", "--factors"}, paramLabel = "TABLE",
            description = "A run directory, or a factor table in any form: our JSON, config.json, GGUF, CSV. May be repeated.")
    private List<Path> tables = List.of();

    @Option(names = "--dynamic", description = "Run every table in its dynamic form: its longest entry fitted to each length.")
    private boolean dynamic;

    @Option(names = "--resonance", description = "Round the wavelengths of every method and table to whole positions (Resonance RoPE).")
    private boolean resonance;

    @Mixin
    private CsvOptions csv;

    /**
     * A method.
     *
     * @param candidate what it does at a length
     * @param reading   how much of a text it is given at once, whatever the texts begin with
     */
    public record Column(IntFunction<Candidate> candidate, Attention attention, Reading reading) {

        /** A method that reads texts whole. */
        public Column(IntFunction<Candidate> candidate, Attention attention) {
            this(candidate, attention, Reading.WHOLE);
        }

        /** The untouched model that sees its last tokens only. */
        public static Column cropped(ModelConfig model, Crop crop) {
            return new Column(length -> model.candidate(crop.context(length)), Attention.TRAINED, crop);
        }

        /**
         * A method by its name, with its parameters where there are some.
         *
         * @throws BadInput when there is no such method, or no such parameter
         */
        public static Column named(String method, ModelConfig model) {
            var name = method.replaceFirst(":.*", "");
            if (Attentions.names().contains(name)) {
                var attention = Attentions.named(method, model.maxPositions());
                return new Column(model::candidate, attention);
            }
            if (Crop.NAME.equals(name)) {
                return Column.cropped(model, Crop.named(method, model.rope().originalLength(), OptionalInt.empty()));
            }
            RopeScaling scaling;
            if (method.equals(CONFIGURED)) {
                scaling = configured(model);
            } else {
                Require.that(RopeScalings.isKnown(name), "--method", "must be a known method", name, Suggestion.forName(name, known()));
                scaling = RopeScalings.named(method);
            }
            return new Column(length -> Candidate.of(scaling, model.rope(), length),
                    scaling.logNScaling() ? new Attention.Trained(QueryScaling.LOG_N) : Attention.TRAINED);
        }
    }

    /** All that can be asked for by name, but what only some models have configured. */
    public static List<String> all() {
        return Stream.of(List.of(Crop.NAME), RopeScalings.names(), Attentions.names()).flatMap(List::stream).toList();
    }

    /** What a model is run with where nothing is asked for. */
    public static List<String> usual(ModelConfig model) {
        if (model.ropeConfiguration().isPresent()) {
            return List.of(CONFIGURED);
        }
        return model.positions() == PositionEncoding.ROPE ? List.of("original", "pi", "ntk", "dynamic-ntk", "yarn") : List.of("original");
    }

    /**
     * By name: what a method does at a length. Names and tables are checked, lengths are not.
     *
     * @param usual methods when neither methods nor tables are given
     */
    public Map<String, Column> columns(ModelConfig model, List<String> usual) throws IOException {
        var columns = new LinkedHashMap<String, Column>();
        for (var method : methods.isEmpty() && tables.isEmpty() ? usual : separated()) {
            add(columns, method, model.rope(), Column.named(method, model));
        }
        for (var file : tables) {
            var table = csv.read(file);
            Require.that(table.geometry().pairs() == model.rope().pairs(), file.toString(),
                    "must have " + Plural.of(model.rope().pairs(), "factor") + ", half the model's rotary dimension",
                    table.geometry().pairs());
            add(columns, file + (dynamic ? "+dynamic" : ""), model.rope(),
                    new Column(length -> dynamic ? table.at(length, true).longest().best().candidate() : table.forLength(length),
                    Attention.TRAINED));
        }
        return columns;
    }

    private void add(Map<String, Column> columns, String name, RopeGeometry geometry, Column column) {
        if (!resonance) {
            columns.put(name, column);
            return;
        }
        columns.put(name + "+resonance", new Column(length -> {
            var candidate = column.candidate().apply(length);
            return candidate.withFactors(Resonance.rounded(geometry, candidate.factors()));
        }, column.attention(), column.reading()));
    }

    private static List<String> known() {
        return Stream.concat(Stream.of(CONFIGURED), all().stream()).toList();
    }

    /** A comma stands between methods, and between the parameters of one: a part that is only a parameter belongs to what is before it. */
    private List<String> separated() {
        var separated = new ArrayList<String>();
        for (var given : methods) {
            int first = separated.size();
            for (var part : given.split(",", -1)) {
                if (separated.size() > first && part.contains("=") && !part.contains(":")) {
                    separated.set(separated.size() - 1, separated.get(separated.size() - 1) + "," + part);
                } else {
                    separated.add(part);
                }
            }
        }
        return separated;
    }

    private static RopeScaling configured(ModelConfig model) {
        return model.ropeConfiguration().map(rope -> rope.scaling(model.rope(), model.maxPositions()))
                .orElseThrow(() -> new BadInput("--method configured", "must have a rope extension in the model's config.json",
                        "plain RoPE", "name another method"));
    }
}
