package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.Resonance;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScaling;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Which methods a model is run with. */
final class MethodOptions {

    private static final String CONFIGURED = "configured";

    @Option(names = "--method", paramLabel = "METHOD", description = "A known method, with parameters as in yarn:factor=8,beta-fast=128."
            + " configured is what the model's config.json asks for. May be repeated (default: configured, or for plain RoPE original, pi, ntk,"
            + " dynamic-ntk and yarn, unless tables are given). Known: original, pi, ntk, dynamic-ntk, ntk-mixed, yarn, llama3, power, truncated.")
    private List<String> methods = List.of();

    @Option(names = {"--table", "--factors"}, paramLabel = "TABLE",
            description = "A run directory, or a factor table in any form: our JSON, config.json, GGUF, CSV. May be repeated.")
    private List<Path> tables = List.of();

    @Option(names = "--resonance", description = "Round the wavelengths of every method and table to whole positions (Resonance RoPE).")
    private boolean resonance;

    @Mixin
    private CsvOptions csv;

    /**
     * A method.
     *
     * @param candidate what it does at a length
     */
    record Column(IntFunction<Candidate> candidate, QueryScaling scaling) {
    }

    /** By name: what a method does at a length. Names and tables are checked, lengths are not. */
    Map<String, Column> columns(ModelConfig model) throws IOException {
        var columns = new LinkedHashMap<String, Column>();
        for (var method : methods(model)) {
            var scaling = method.equals(CONFIGURED) ? configured(model) : RopeScalings.named(method);
            add(columns, method, model.rope(), new Column(length -> Candidate.of(scaling, model.rope(), length),
                    scaling.logNScaling() ? QueryScaling.LOG_N : QueryScaling.NONE));
        }
        for (var file : tables) {
            var table = csv.read(file);
            Require.that(table.geometry().pairs() == model.rope().pairs(), file.toString(),
                    "must have " + model.rope().pairs() + " factors, half the model's rotary dimension", table.geometry().pairs());
            add(columns, file.toString(), model.rope(), new Column(table::forLength, QueryScaling.NONE));
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
        }, column.scaling()));
    }

    private List<String> methods(ModelConfig model) {
        if (!methods.isEmpty() || !tables.isEmpty()) {
            return methods;
        }
        return model.ropeConfiguration().isPresent() ? List.of(CONFIGURED) : List.of("original", "pi", "ntk", "dynamic-ntk", "yarn");
    }

    private static RopeScaling configured(ModelConfig model) {
        return model.ropeConfiguration().map(rope -> rope.scaling(model.rope(), model.maxPositions()))
                .orElseThrow(() -> new BadInput("--method configured", "must have a rope extension in the model's config.json",
                        "plain RoPE", "name another method"));
    }
}
