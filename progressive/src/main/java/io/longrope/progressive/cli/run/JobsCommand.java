package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.CacheOptions;
import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.FormatOptions;
import io.longrope.progressive.report.JobTable;
import io.longrope.progressive.report.WorkerTable;
import io.longrope.progressive.storage.RunFiles;
import io.longrope.progressive.storage.StorageTable;
import io.longrope.search.kafka.KafkaStorage;
import io.longrope.search.kafka.KafkaWorkerBoard;
import io.longrope.search.problem.Plural;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** {@code longrope jobs}. */
@Command(name = "jobs", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Lists the jobs of a Kafka and how far each is.",
        footer = {"", "Generation, best, evaluations and time left are those of the stage a job is in, the steps of a fine-tune stand "
        + "beside it;",
            "workers are those that answered lately, device h the hours that devices worked for the whole job.",
            "Below the table stands what jobs wait for, with each worker's reason, and which tasks were given up.",
            "", "Example: ${ROOT-COMMAND-NAME} jobs --bootstrap kafka:9092",
            "Example: ${ROOT-COMMAND-NAME} jobs --workers --format json --bootstrap kafka:9092",
            "Example: ${ROOT-COMMAND-NAME} jobs --storage --runs /shared/runs --bootstrap kafka:9092"})
public final class JobsCommand implements Callable<Integer> {

    private final Console console;

    @Option(names = "--workers", description = "List the workers instead: device, memory, what each does or refuses, speed.")
    private boolean workers;

    @Option(names = "--storage", description = "List what is stored instead: results, attempts and tables in Kafka, run directories, "
            + "checkpoints and token files; what each takes, and how long it is kept.")
    private boolean storage;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "runs",
            description = "With --storage: where drivers leave their runs (default: ${DEFAULT-VALUE}).")
    private Path runs;

    @Mixin
    private CacheOptions cache;

    @Mixin
    private FormatOptions format;

    @Mixin
    private ClientOptions client;

    public JobsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (storage) {
            return list();
        }
        try (var jobs = client.open(console); var board = KafkaWorkerBoard.open(client.kafka().required())) {
            var now = Clock.systemUTC().instant();
            var crew = new WorkerTable(board.workers(), now);
            if (workers) {
                format.print(console, crew.table(), crew.exactTable(), Map.of("workers", crew.tree()));
                crew.troubles().forEach(console.terminal()::line);
                return 0;
            }
            var table = new JobTable(jobs.states(), now);
            format.print(console, table.table(), table.exactTable(), Map.of("jobs", table.tree(), "workers", crew.tree()));
            table.troubles().forEach(console.terminal()::line);
            console.terminal().line(crew.summary() + (crew.isAnybodyThere() ? "" : "; " + client.kafka().workerCommand() + " starts one"));
        }
        return 0;
    }

    private int list() throws IOException {
        try (var jobs = client.open(console); var kafka = KafkaStorage.open(client.kafka().required())) {
            var table = StorageTable.of(kafka.parts(List.of(client.kafka().queue())), RunFiles.in(runs), cache.directory(console, runs));
            format.print(console, table.table(), table.exactTable(), Map.of("storage", table.tree()));
            console.terminal().line(Plural.of(jobs.states().size(), "job")
                    + "; " + client.kafka().command("delete", "JOB", "--runs",
                    runs.toString()) + " removes one, and drivers and workers with --keep-… "
                    + "what is older than a time");
        }
        return 0;
    }
}
