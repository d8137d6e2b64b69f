package io.longrope.progressive.cli.look;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.DecoderBenchmark;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.progressive.bench.MemoryCase;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.DeviceOptions;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.report.PassCost;
import io.longrope.progressive.report.SpeedTable;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntFunction;

/** {@code longrope bench}: how fast this machine is, and how soon the search finds what it seeks. */
@Command(name = "bench", mixinStandardHelpOptions = true, sortOptions = false,
        subcommands = {BenchSearchCommand.class, BenchServiceCommand.class, BenchTrainCommand.class, BenchMemoryCommand.class},
        description = "Measures how fast this machine scores and trains, what search algorithms find for how much, and how busy the "
        + "queue keeps workers.",
        footer = {"", "Example: ${ROOT-COMMAND-NAME} bench evaluate --width 1024 --layers 4 --lengths 4k,8k,16k",
            "Example: ${ROOT-COMMAND-NAME} bench search java-1m --algorithms longrope,adaptive+racing --seeds 2 --factors 4"})
public final class BenchCommand implements Runnable {

    private static final int PEAK_REPEATS = 5;

    private final Console console;

    @Spec
    private CommandSpec spec;

    public BenchCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        spec.commandLine().usage(console.out());
    }

    @Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
            description = "Prints tokens and floating-point operations a second, the share of the fastest matrix product, and peak "
            + "memory by length.",
            footer = {"", "The model is Llama's: a feed-forward network of 8/3 of the width.",
                "The peak is the product of two matrices of side 2048 on the same threads. Other work on the machine falsifies all "
                + "figures.",
                "", "Example: ${ROOT-COMMAND-NAME} bench evaluate --width 1024 --layers 4 --lengths 4k,8k,16k",
                "Example, a million tokens in one pass: ${ROOT-COMMAND-NAME} bench evaluate --width 16 --head-width 16 --layers 1 "
                + "--vocabulary 256 "
                + "--lengths 1024k --repeats 0"})
    int evaluate(@Option(names = "--width", paramLabel = "D", defaultValue = "1024",
    description = "Width of the model, a multiple of that of a head (default: ${DEFAULT-VALUE}).") int width,
                 @Option(names = "--head-width", paramLabel = "E", defaultValue = "" + MemoryCase.HEAD_WIDTH,
                 description = "Width of a head, even (default: ${DEFAULT-VALUE}).") int headWidth,
                 @Option(names = "--layers", paramLabel = "N", defaultValue = "4",
                 description = "Its layers (default: ${DEFAULT-VALUE}).") int layers,
                 @Option(names = "--key-value-heads", paramLabel = "N",
                 description = "Heads of keys and values (default: one per head).") Integer keyValueHeads,
                 @Option(names = "--vocabulary", paramLabel = "V", defaultValue = "32000",
                 description = "Its vocabulary (default: ${DEFAULT-VALUE}).") int vocabulary,
                 @Option(names = "--lengths", paramLabel = "LENGTH", split = ",", defaultValue = "4k,8k,16k",
                         description = "Tokens per pass (default: ${DEFAULT-VALUE}).") List<String> lengths,
                 @Option(names = "--precision", paramLabel = "FORMAT", defaultValue = "f32",
                 description = "f32, bf16 or f16 (default: ${DEFAULT-VALUE}).") Precision precision,
                 @Mixin DeviceOptions device, @Mixin MemoryOptions limit,
                 @Option(names = "--threads", paramLabel = "N",
                 description = "Threads inside one operation (default: one per CPU core).") Integer threads,
                 @Option(names = "--repeats", paramLabel = "N", defaultValue = "2",
                 description = "Passes measured, after a first that is not;"
                         + " the fastest counts; 0 = the first counts (default: ${DEFAULT-VALUE}).") int repeats,
                 @Mixin FormatOptions format, @Mixin LogOptions log) throws IOException, InterruptedException {
        log.apply(console);
        var model = MemoryCase.llama(width, headWidth, layers, Optional.ofNullable(keyValueHeads), vocabulary);
        var tokens = lengths.stream().map(length -> TokenCounts.parse("--lengths", length)).sorted().toList();
        int used = threads == null ? Machine.cores() : threads;
        var cost = new PassCost(model);
        IntFunction<MemoryPlan> memory = length -> MemoryPlan.of(device.one(), model, precision,
                new ModelUse.Scoring(length, Attention.TRAINED));
        var rows = new ArrayList<SpeedTable.Row>();
        double peak;
        try (var session = limit.session(device.present());
             var reserved = session.reserve(memory.apply(tokens.get(tokens.size() - 1)));
             var benchmark = new DecoderBenchmark(model,
                     new DecoderOptions(reserved.device(), precision, Arithmetic.USUAL_CHUNK, used), System::nanoTime)) {
            peak = benchmark.matrixPeak(PEAK_REPEATS);
            for (int length : tokens) {
                boolean fresh = Machine.resetPeakMemory();
                double seconds = benchmark.seconds(length, repeats);
                rows.add(new SpeedTable.Row(length, seconds, cost.operations(length),
                        fresh ? Machine.peakMemoryBytes() : OptionalLong.empty(),
                        memory.apply(length).total()));
            }
        }
        var table = new SpeedTable(model.parameters(), used, precision, peak, rows);
        format.print(console, table);
        return 0;
    }
}
