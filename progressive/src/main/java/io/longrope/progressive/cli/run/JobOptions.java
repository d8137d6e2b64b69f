package io.longrope.progressive.cli.run;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.facts.DeviceFacts;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.worker.Roots;
import io.longrope.progressive.cli.internal.Machine;
import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.DeviceOptions;
import io.longrope.progressive.cli.option.KafkaOptions;
import io.longrope.progressive.cli.option.LedgerOptions;
import io.longrope.progressive.cli.option.MemoryOptions;
import io.longrope.progressive.cli.option.PageOptions;
import io.longrope.progressive.local.LocalFiles;
import io.longrope.progressive.local.LocalInspector;
import io.longrope.progressive.local.Workers;
import io.longrope.search.work.LedgerRules;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Where a job runs and who works for it. */
final class JobOptions {

    @Option(names = "--run-dir", paramLabel = "DIR", description = "Everything the job leaves goes there (default: runs/NAME of the plan).")
    private Path runDirectory;

    @Option(names = "--workers", paramLabel = "N", description = "Workers in this process, a thread each; they share the models in memory"
            + " (default: one per CPU core, one on a GPU, none with --bootstrap).")
    private Integer workers;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private CacheOptions cache;

    @Option(names = "--allow-commands",
            description = "Let the workers of this process run the programs that fine-tune stages name.")
    private boolean commandsAllowed;

    @Mixin
    private LedgerOptions ledger;

    @Mixin
    private PageOptions page;

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

    /** Of the workers, who close it. */
    ModelSession session() {
        return memory.session(device.present());
    }

    /**
     * Looks at the plan's files as a worker of this process would.
     *
     * @param devices what would do it
     */
    LocalInspector inspector(Console console, LocalFiles files, ModelSession session, List<DeviceFacts> devices) {
        return new LocalInspector(files, new Roots(List.of(Root.of(files.models(), "--models")), Root.of(files.data(), "--data"),
                Optional.empty()), cache.book(console, files.data()), session, devices);
    }

    /** What the workers of this process compute on. */
    List<DeviceFacts> devices(ModelSession session) {
        return List.of(new DeviceFacts("here", Device.describe(session.devices()), "",
                OptionalLong.of(session.leastMemory())));
    }

    /** @param runs what the job writes lies below it */
    Workers.Setting workers(Console console, LocalFiles files, Path runs, ModelSession session) {
        var roots = new Roots(List.of(Root.of(files.models(), "--models")), Root.of(files.data(), "--data"),
                Optional.of(Root.of(runs, "--run-dir")));
        return new Workers.Setting(kafka.settings().isPresent() ? Machine.processName("worker") : "worker", roots,
                cache.book(console, files.data()), session, device.place(), commandsAllowed, true);
    }

    /** The root of what jobs write: with workers elsewhere, the directory that they know as --runs. */
    Path runs(Path runDirectory) {
        return kafka.settings().isPresent() ? runDirectory.toAbsolutePath().normalize().getParent() : runDirectory;
    }

    LedgerRules rules() {
        return ledger.rules();
    }

    PageOptions page() {
        return page;
    }

    KafkaOptions kafka() {
        return kafka;
    }
}
