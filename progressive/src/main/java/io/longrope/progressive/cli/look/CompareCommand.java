package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MethodOptions;
import io.longrope.search.problem.Require;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code longrope compare MODEL}. */
@Command(name = "compare", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures every method on a model, beside models trained with others.",
        footer = {"", "Example: ${ROOT-COMMAND-NAME} compare java-1m --lengths 256,1k,4k",
            "Example: ${ROOT-COMMAND-NAME} compare java-1m --methods original,yarn,rerope:window=128,sinks --metric passkey",
            "Example: ${ROOT-COMMAND-NAME} compare java-500k-rope --methods original,rerope --with alibi=java-500k-alibi --with "
            + "hwfa=java-500k-hwfa"})
public final class CompareCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private MeasureOptions measured;

    @Mixin
    private MethodOptions methods;

    @Option(names = "--with", paramLabel = "NAME=MODEL",
            description = "Another model with the same tokenizer, run as its config.json says. May be repeated.")
    private Map<String, String> others = new LinkedHashMap<>();

    @Mixin
    private LogOptions log;

    public CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var model = measured.config(measured.model());
        var columns = methods.columns(model, MethodOptions.all());
        if (measured.isEstimate()) {
            measured.printEstimate(console, columns.values());
            return 0;
        }
        var configs = new LinkedHashMap<String, ModelConfig>();
        others.forEach((name, other) -> {
            Require.that(!columns.containsKey(name), "--with", "must have a name that is no method's", name);
            configs.put(name, measured.config(other));
        });
        var parts = new ArrayList<>(List.of(measured.measure(console, measured.model(), measured.model(), columns)));
        for (var other : configs.entrySet()) {
            parts.add(measured.measure(console, other.getKey(), others.get(other.getKey()),
                    Map.of(other.getKey(), new MethodOptions.Column(other.getValue()::candidate, Attention.TRAINED))));
        }
        measured.print(console, parts);
        return 0;
    }
}
