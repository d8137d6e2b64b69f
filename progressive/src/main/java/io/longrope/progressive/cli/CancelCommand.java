package io.longrope.progressive.cli;

import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.time.Clock;
import java.util.concurrent.Callable;

/** {@code longrope cancel JOB}. */
@Command(name = "cancel", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Ends a job; what it found so far is kept.",
        footer = {"", "Submitted again it goes on where it was.",
            "", "Example: longrope cancel demo-4f0c11aa --bootstrap kafka:9092"})
final class CancelCommand implements Callable<Integer> {

    private final Main.Console console;

    @Mixin
    private JobChoice job;

    @Mixin
    private ClientOptions client;

    CancelCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        try (var jobs = client.open(console)) {
            var state = job.in(jobs);
            if (state.phase().hasEnded()) {
                throw new BadInput("job " + state.id(), "must still be queued or running", JobWatch.name(state.phase()), "");
            }
            jobs.cancel(state.id(), Clock.systemUTC().instant());
        }
        return 0;
    }
}
