package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.Locale;
import java.util.concurrent.Callable;

/** {@code longrope watch JOB}. */
@Command(name = "watch", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Tells what a job has done and does, until it ends.",
        footer = {"", "Exit code 0 when the job finished, 1 when it failed or is incomplete, 3 when it was cancelled or paused.",
            "", "Example: ${ROOT-COMMAND-NAME} watch demo-4f0c11aa --bootstrap kafka:9092 --from now"})
public final class WatchCommand implements Callable<Integer> {

    private final Console console;

    @Mixin
    private JobChoice job;

    @Option(names = "--from", paramLabel = "WHEN", defaultValue = "beginning",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private From from;

    @Mixin
    private ClientOptions client;

    enum From {
        BEGINNING, NOW;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public WatchCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        try (var jobs = client.open(console)) {
            var watch = new JobWatch(jobs, console.out());
            var state = job.in(jobs);
            return from == From.NOW ? watch.followFromNow(state) : watch.follow(state);
        }
    }
}
