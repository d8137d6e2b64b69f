package io.longrope.progressive.cli.look;

import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MethodOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code longrope evaluate MODEL}. */
@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures a model: methods across, lengths down.",
        footer = {"", "Example: ${ROOT-COMMAND-NAME} evaluate java-1m --method original --method yarn --lengths 256,1024",
            "Example: ${ROOT-COMMAND-NAME} evaluate java-1m --metric passkey --lengths 512,1k --depths 0,0.5,1 --trials 10",
            "Example: ${ROOT-COMMAND-NAME} evaluate llama-2-7b --estimate --precision bf16 --lengths 128k,2048k",
            "Example: ${ROOT-COMMAND-NAME} evaluate runs/demo/model --table runs/demo --metric sliding --lengths 8k --window 2k "
            + "--format json"})
public final class EvaluateCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private MeasureOptions measured;

    @Mixin
    private MethodOptions methods;

    @Mixin
    private LogOptions log;

    public EvaluateCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var model = measured.config(measured.model());
        var columns = methods.columns(model, MethodOptions.usual(model));
        if (measured.isEstimate()) {
            measured.printEstimate(console, columns.values());
        } else {
            measured.print(console, List.of(measured.measure(console, measured.model(), measured.model(), columns)));
        }
        return 0;
    }
}
