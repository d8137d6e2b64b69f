package io.longrope.progressive.cli;

import io.longrope.evaluator.session.ModelSession;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.driver.WorkerReports;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;

/** Where a job runs and who works for it. */
final class JobOptions {

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Everything the job leaves goes there (default: runs/NAME of the plan).")
    private Path runDirectory;

    @Option(names = "--workers", paramLabel = "N", description = "Workers in this process, a thread and a copy of the model each"
            + " (default: one per CPU core, one on a GPU, none with --bootstrap).")
    private Integer workers;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private KafkaOptions kafka;

    Path runDirectory(String name) {
        return runDirectory == null ? Path.of("runs", name) : runDirectory;
    }

    int workers() {
        if (workers != null) {
            return workers;
        }
        return kafka.settings().isPresent() ? 0 : device.copies();
    }

    /** Of the workers, who close it; fine-tuning runs on the CPU. */
    ModelSession session() {
        return memory.session(device.present());
    }

    WorkerReports.Place place() {
        return device.place();
    }

    /** Unlike any other worker's where there may be others. */
    String workerName() {
        return kafka.settings().isPresent() ? Machine.processName("worker") : "worker";
    }

    CacheOptions cache() {
        return cache;
    }

    KafkaOptions kafka() {
        return kafka;
    }
}
