package io.longrope.progressive.cli;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.time.Clock;
import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code longrope cancel JOB}. */
@Command(name = "cancel", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Ends a job; what it found so far is kept.",
        footer = {"", "Example: longrope cancel demo-4f0c11aa --bootstrap kafka:9092"})
final class CancelCommand implements Callable<Integer> {

    private final Main.Console console;

    @Parameters(paramLabel = "JOB", description = "The job's id, as submit and jobs print it.")
    private String job;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    CancelCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        log.apply(console);
        var id = new JobId(job);
        try (var jobs = kafka.jobLog()) {
            var phase = jobs.state(id).map(JobState::phase)
                    .orElseThrow(() -> new BadInput("job", "must be one that was submitted", job, "longrope jobs lists them"));
            if (phase.isFinal()) {
                throw new BadInput("job " + job, "must still be queued or running", phase.name().toLowerCase(Locale.ROOT), "");
            }
            jobs.cancel(id, Clock.systemUTC().instant());
        }
        return 0;
    }
}
