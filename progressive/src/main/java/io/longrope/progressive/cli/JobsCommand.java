package io.longrope.progressive.cli;

import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.TextTable;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** {@code longrope jobs}. */
@Command(name = "jobs", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Lists the jobs of a Kafka and how far each is.",
        footer = {"", "Example: longrope jobs --bootstrap kafka:9092"})
final class JobsCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Main.Console console;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    JobsCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        log.apply(console);
        try (var jobs = kafka.jobLog()) {
            var rows = jobs.states().stream().map(JobsCommand::row).toList();
            console.out().println(new TextTable(List.of("job", "state", "submitted", "stage", "generation", "best"), rows, 4).aligned());
        }
        return 0;
    }

    private static List<String> row(JobState state) {
        var best = Optional.ofNullable(state.numbers().get(JobEvent.BEST)).map(Quantities::perplexity).orElse("");
        return List.of(state.id().value(), state.phase().name().toLowerCase(Locale.ROOT), TIME.format(state.submitted()), state.stage(),
                state.generation() == 0 ? "" : Integer.toString(state.generation()), best);
    }
}
