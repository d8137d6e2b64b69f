package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.Times;
import io.longrope.progressive.driver.JobSession;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.report.WorkerTable;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.kafka.KafkaJobClaims;
import io.longrope.search.kafka.KafkaWorkerBoard;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/** {@code longrope submit PLAN}. */
@Command(name = "submit", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Asks the drivers of a Kafka to run a job; prints its id, and waits for what the driver that takes it says of it.",
        footer = {"", "That driver has workers look at model, texts and devices before anything runs, and refuses with everything that is "
            + "wrong: exit code 2. A model or text that no worker finds is waited for: exit code 0.",
            "The same plan is the same job: submitted again it changes nothing, unless the job failed, was cancelled, or "
        + "is incomplete; then it goes on.",
            "", "Example: ${ROOT-COMMAND-NAME} submit configs/llama-2-7b-2048k.yaml --bootstrap kafka:9092"})
public final class SubmitCommand implements Callable<Integer> {

    private static final String WAIT = "--wait";
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final Console console;

    @Parameters(paramLabel = "PLAN", description = "The job's plan, a YAML file. Checkpoint and texts are looked for by the driver.")
    private Path plan;

    @Option(names = "--set", paramLabel = "KEY=VALUE",
            description = "Replaces a value of the plan, e.g. search.population=32. May be repeated.")
    private List<String> overrides = List.of();

    @Option(names = "--priority", paramLabel = "N", description = "1 to " + JobState.GREATEST_PRIORITY + ": a waiting job of a greater one "
            + "is taken first, and a running job gets as many times the workers of one of priority 1 (default: 1; of a job that goes on, "
            + "the one it had).")
    private Integer priority;

    @Option(names = WAIT, paramLabel = "TIME", defaultValue = "30s",
            description = "How long to wait for that, e.g. 10m; 0: not at all (default: ${DEFAULT-VALUE}).")
    private String wait;

    @Mixin
    private ClientOptions client;

    public SubmitCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        var patience = Times.parse(WAIT, wait);
        if (priority != null) {
            JobState.requirePriority(priority);
        }
        var submission = JobSession.submission(new PlanReader(PlanCheck.UNSEEN).read(plan, overrides), Clock.systemUTC());
        var id = submission.id();
        var events = new LinkedBlockingQueue<JobEvent>();
        try (var jobs = client.open(console); var subscription = jobs.follow(event -> {
            if (event.job().equals(id)) {
                events.add(event);
            }
        })) {
            var before = jobs.state(id);
            jobs.submit(submission, priority == null ? OptionalInt.empty() : OptionalInt.of(priority));
            console.out().println(id);
            console.out().flush();
            if (before.isPresent() && !before.get().mayBeSubmittedAgain()) {
                console.terminal().line("this job is there already: " + JobWatch.name(before.get().phase()) + (priority == null ? ""
                        : "; its priority stays " + before.get().priority() + ": pause it and submit it again to change that"));
                return 0;
            }
            var watch = client.kafka().command("watch", id.value());
            if (patience.isZero()) {
                console.terminal().line(watch + " tells how it goes");
                return 0;
            }
            return new DriverAnswer(console.terminal(), submission.at(), watch, client.kafka().command("cancel", id.value()),
                    () -> jobs.state(id), () -> whyNotTaken(jobs), this::whoLooks).await(events, patience, QUIET);
        }
    }

    private String whoLooks() {
        var kafka = client.kafka();
        try (var board = KafkaWorkerBoard.open(kafka.required())) {
            var crew = board.workers().stream().filter(worker -> worker.queue().equals(kafka.queue())).toList();
            return new WorkerTable(crew, Clock.systemUTC().instant()).isAnybodyThere()
                    ? "workers look at model, texts and memory, and it runs when nothing is wrong"
                    : "no worker is there to look at model, texts and memory, and "
                    + kafka.workerCommand() + " starts one";
        }
    }

    private String whyNotTaken(JobLog jobs) {
        var kafka = client.kafka();
        var drivers = KafkaJobClaims.drivers(kafka.required());
        if (drivers.filter(Set::isEmpty).isPresent()) {
            return "none runs at " + kafka.required().bootstrap() + ", and " + kafka.command("driver") + " starts one";
        }
        // a job that waits keeps no other from its driver
        var taken = jobs.states().stream().filter(state -> state.phase() == JobState.Phase.RUNNING)
                .map(state -> state.driver() + " has " + state.id()).toList();
        return drivers.map(names -> String.join(", ", new TreeSet<>(names)) + (names.size() == 1 ? " is there" : " are there"))
                .orElse("which there are is not told here") + (taken.isEmpty() ? "" : ", " + String.join(", ", taken))
                + ": the first that is free takes it";
    }
}
