package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.Bytes;
import io.longrope.progressive.bench.MemoryCase;
import io.longrope.progressive.bench.MemoryTable;
import io.longrope.progressive.cli.Main;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code longrope bench memory}: whether plans of memory are right. */
@Command(name = "memory", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Compares the planned memory of uses of models with the peak that a process of their own has.",
        footer = {"", "The peak is the most resident memory of the process (VmHWM), Java and PyTorch included, so only Linux tells it.",
            "Checkpoints of random weights are written to the temporary directory, and deleted.",
            "", "Example: ${ROOT-COMMAND-NAME} bench memory --at-most 8GiB",
            "Example, one use: ${ROOT-COMMAND-NAME} bench memory --kind score --width 1024 --layers 4 --length 16384 --precision bf16"})
public final class BenchMemoryCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger(BenchMemoryCommand.class);
    private static final String RESULT = "peak ";

    private final Console console;

    @Option(names = "--at-most", paramLabel = "SIZE", defaultValue = "8GiB",
            description = "Leave out what is planned to take more (default: ${DEFAULT-VALUE}).")
    private String atMost;

    @Option(names = "--kind", paramLabel = "KIND", description = "One use in place of the usual table: score, generate or train.")
    private MemoryCase.Kind kind;

    @Option(names = "--width", paramLabel = "D", defaultValue = "512",
            description = "Width of the model, a multiple of 64 (default: ${DEFAULT-VALUE}).")
    private int width;

    @Option(names = "--layers", paramLabel = "N", defaultValue = "8", description = "Its layers (default: ${DEFAULT-VALUE}).")
    private int layers;

    @Option(names = "--vocabulary", paramLabel = "V", defaultValue = "32000", description = "Its vocabulary (default: ${DEFAULT-VALUE}).")
    private int vocabulary;

    @Option(names = "--length", paramLabel = "TOKENS", defaultValue = "4096",
            description = "Tokens of a sequence (default: ${DEFAULT-VALUE}).")
    private int length;

    @Option(names = "--precision", paramLabel = "FORMAT", defaultValue = "f32",
            description = "f32, bf16 or f16 (default: ${DEFAULT-VALUE}).")
    private Precision precision;

    @Option(names = "--parallel", paramLabel = "N", defaultValue = "1",
            description = "Micro-batches trained beside each other (default: ${DEFAULT-VALUE}).")
    private int parallel;

    @Option(names = "--recompute", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Compute layers again in the backward pass.")
    private boolean recompute;

    @Option(names = "--lora-rank", paramLabel = "R", defaultValue = "0",
            description = "Train adapters of this rank; 0 = all weights (default: ${DEFAULT-VALUE}).")
    private int loraRank;

    @Option(names = "--window", paramLabel = "TOKENS", defaultValue = "0",
            description = "Every layer sees the last positions only, without training; 0 = all (default: ${DEFAULT-VALUE}).")
    private int window;

    /** Given by the parent process: do the use in this one, on the checkpoint there. */
    @Option(names = "--checkpoint", hidden = true)
    private Path checkpoint;

    @Mixin
    private FormatOptions format;

    @Mixin
    private LogOptions log;

    public BenchMemoryCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        log.apply(console);
        var given = kind == null ? MemoryCase.USUAL
                : List.of(new MemoryCase(kind, width, layers, vocabulary, length, precision, parallel, recompute, loraRank,
                        window));
        if (checkpoint != null) {
            measureHere(given.get(0));
            return 0;
        }
        long limit = Bytes.parse("--at-most", atMost);
        var rows = new ArrayList<MemoryTable.Row>();
        for (var use : given) {
            if (use.plan().total() <= limit) {
                long measured = measured(use);
                rows.add(MemoryTable.Row.of(use, measured));
                LOG.info("measured {}, planned {}", Bytes.format(measured), use.plan().describe());
            }
        }
        if (rows.isEmpty()) {
            throw new BadInput("--at-most", "must be at least what a use is planned to take", atMost, "");
        }
        format.print(console, new MemoryTable(rows));
        return 0;
    }

    private void measureHere(MemoryCase use) throws InterruptedException {
        try (var session = new MemoryOptions().session(List.of(Device.CPU))) {
            use.run(session, checkpoint);
        }
        long peak = Machine.peakMemoryBytes()
                .orElseThrow(() -> new BadInput("bench memory", "must run on Linux", System.getProperty("os.name"), ""));
        console.out().println(RESULT + peak);
    }

    /** The peak of a process that does this and nothing else. */
    private long measured(MemoryCase use) throws IOException, InterruptedException {
        var directory = Files.createTempDirectory("longrope-memory");
        try {
            use.write(directory.resolve("model"));
            var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "bench", "memory", "--checkpoint",
                    directory.resolve("model").toString()));
            command.addAll(use.arguments());
            var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            int code = process.waitFor();
            return lines.stream().filter(line -> line.startsWith(RESULT)).map(line -> Long.parseLong(line.substring(RESULT.length())))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(use + " ended with exit code " + code + " and no figure"));
        } finally {
            Directories.delete(directory);
        }
    }
}
