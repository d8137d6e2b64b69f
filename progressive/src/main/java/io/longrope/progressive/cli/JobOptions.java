package io.longrope.progressive.cli;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Where a job runs and who works for it. */
final class JobOptions {

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Everything the job leaves goes there (default: runs/NAME of the plan).")
    private Path runDirectory;

    @Option(names = "--workers", paramLabel = "N", description = "Workers in this process, a thread and a copy of the model each"
            + " (default: one per CPU core, none with --bootstrap).")
    private Integer workers;

    @Mixin
    private KafkaOptions kafka;

    Path runDirectory(String name) {
        return runDirectory == null ? Path.of("runs", name) : runDirectory;
    }

    int workers() {
        if (workers != null) {
            return workers;
        }
        return kafka.settings().isPresent() ? 0 : Runtime.getRuntime().availableProcessors();
    }

    KafkaOptions kafka() {
        return kafka;
    }

}
