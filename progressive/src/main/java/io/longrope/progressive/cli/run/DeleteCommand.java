package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.storage.Deletion;
import io.longrope.progressive.storage.RunFiles;
import io.longrope.search.kafka.KafkaStorage;
import io.longrope.search.problem.Plural;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.Callable;

/** {@code longrope delete JOB}. */
@Command(name = "delete", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Removes a job that has ended or is paused: from the list, with its tables in Kafka, and its checkpoints.",
        footer = {"", "Says what goes and what stays. Checkpoints that other jobs build on stay, and so do results in Kafka, from which the"
            + " same plan submitted again answers; its trainings are made again then. The run directory keeps tables and reports.",
            "", "Example: ${ROOT-COMMAND-NAME} delete demo-4f0c11aa --runs /shared/runs --dry-run --bootstrap kafka:9092"})
public final class DeleteCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private JobChoice job;

    @Option(names = "--runs", paramLabel = "DIR", defaultValue = "runs",
            description = "Where drivers leave their runs (default: ${DEFAULT-VALUE}).")
    private Path runs;

    @Option(names = "--dry-run", description = "Say what would go and what would stay; remove nothing.")
    private boolean dryRun;

    @Mixin
    private ClientOptions client;

    public DeleteCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (var jobs = client.open(console); var storage = KafkaStorage.open(client.kafka().required())) {
            var id = job.in(jobs).id();
            jobs.requireDeletable(id);
            var files = RunFiles.in(runs);
            var deletion = Deletion.of(files, Set.of(id.value()));
            var out = console.out();
            out.println("goes   state, plan and " + Plural.of(jobs.tables(id).size(), "table") + " of " + id + " in Kafka");
            deletion.lines().forEach(out::println);
            var run = files.runs().stream().filter(one -> one.job().equals(id.value())).findFirst();
            out.println(run.map(one -> "stays  tables and reports in " + one.directory())
                    .orElse("stays  whatever it left elsewhere: it has no run directory below " + runs));
            out.flush();
            if (dryRun) {
                console.terminal().line("nothing is removed yet; "
                        + client.kafka().command("delete", id.value(), "--runs", runs.toString()) + " removes it");
                return 0;
            }
            deletion.carryOut(storage);
            jobs.delete(id, Clock.systemUTC().instant());
            console.terminal().line(id + " is removed; its plan submitted again is answered from the results that stay");
        }
        return 0;
    }
}
