package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.training.TrainingBenchmark;
import io.longrope.progressive.bench.MemoryCase;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.report.TrainingSpeedTable;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.Precision;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;

/** {@code longrope bench train}. */
@Command(name = "train", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Prints seconds and peak memory of a training step, recomputing layers (gradient checkpointing) and not.",
        footer = {"", "The model is that of bench evaluate, with random weights. The second of two steps is timed: the first makes room.",
            "The peak is of the process, weights, moments and Java included. Other work on the machine falsifies the times.",
            "", "Example: ${ROOT-COMMAND-NAME} bench train --width 512 --layers 16 --length 4k"})
public final class BenchTrainCommand implements Callable<Integer> {

    private final Console console;

    @Option(names = "--width", paramLabel = "D", defaultValue = "512",
            description = "Width of the model, a multiple of 64 (default: ${DEFAULT-VALUE}).")
    private int width;

    @Option(names = "--layers", paramLabel = "N", defaultValue = "8", description = "Its layers (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--vocabulary", paramLabel = "V", defaultValue = "8000", description = "Its vocabulary (default: ${DEFAULT-VALUE}).")
    private int vocabulary;

    @Option(names = "--length", paramLabel = "LENGTH", defaultValue = "2k",
            description = "Tokens per sequence (default: ${DEFAULT-VALUE}).")
    private String length;

    @Option(names = "--batch", paramLabel = "N", defaultValue = "1",
            description = "Sequences per step, one at a time on each core (default: ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--precision", paramLabel = "FORMAT", defaultValue = "f32", description = "f32 or bf16 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(names = "--lora-rank", paramLabel = "R", description = "Train adapters of this rank on all projections (default: all weights).")
    private Integer loraRank;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "1",
            description = "Threads inside one operation (default: ${DEFAULT-VALUE}, as in training).")
    private int threads;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private FormatOptions format;

    @Mixin
    private LogOptions log;

    public BenchTrainCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var model = MemoryCase.llama(width, MemoryCase.HEAD_WIDTH, layers, Optional.empty(), vocabulary);
        int tokens = TokenCounts.parse("--length", length);
        var rows = new ArrayList<TrainingSpeedTable.Row>();
        // the larger one second, so that memory the first leaves behind is no part of what is measured
        for (boolean recompute : new boolean[] {true, false}) {
            rows.add(measure(model, tokens, recompute));
        }
        var table = new TrainingSpeedTable(model.parameters(), tokens, batch, precision, rows);
        format.print(console, table);
        return 0;
    }

    private TrainingSpeedTable.Row measure(ModelConfig model, int tokens, boolean recompute) throws InterruptedException {
        var settings = new TrainingSettings(2, batch, 1, new AdamW(1e-4, Schedule.CONSTANT, 0, 1, 0, 0.9, 0.95), precision, recompute, 1,
                1);
        var lora = Optional.ofNullable(loraRank).map(rank -> new LoraSettings(rank, 2.0 * rank, List.of(LoraSettings.Target.values())));
        boolean fresh = Machine.resetPeakMemory();
        try (var session = memory.session(List.of(Device.CPU))) {
            var use = session.training(model, tokens, settings, lora);
            try (var reserved = session.reserve(MemoryPlan.of(model, precision, use));
                 var benchmark = new TrainingBenchmark(model, settings, use, reserved, threads, System::nanoTime)) {
                benchmark.step();
                double seconds = benchmark.step();
                return new TrainingSpeedTable.Row(recompute, benchmark.trainable(), seconds,
                        fresh ? Machine.peakMemoryBytes() : OptionalLong.empty());
            }
        }
    }
}
