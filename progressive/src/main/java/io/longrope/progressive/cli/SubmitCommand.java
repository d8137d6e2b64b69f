package io.longrope.progressive.cli;

import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.stage.PlanCheck;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;

/** {@code longrope submit PLAN}. */
@Command(name = "submit", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Asks the drivers of a Kafka to run a job; prints its id.",
        footer = {"", "The same plan is the same job: submitted again it changes nothing, unless the job failed, was cancelled, or "
        + "is incomplete; then it goes on.",
            "", "Example: longrope submit configs/llama-2-7b-2048k.yaml --bootstrap kafka:9092"})
final class SubmitCommand implements Callable<Integer> {

    private final Main.Console console;

    @Parameters(paramLabel = "PLAN", description = "The job's plan, a YAML file. Checkpoint and texts are looked for by the driver.")
    private Path plan;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Replaces a value of the plan, e.g. search.population=32. May be repeated.")
    private List<String> overrides = List.of();

    @Mixin
    private ClientOptions client;

    SubmitCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        var submission = JobSession.submission(new PlanReader(PlanCheck.UNSEEN).read(plan, overrides), Clock.systemUTC());
        try (var jobs = client.open(console)) {
            jobs.submit(submission);
        }
        console.out().println(submission.id());
        return 0;
    }
}
