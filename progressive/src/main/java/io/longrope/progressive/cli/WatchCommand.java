package io.longrope.progressive.cli;

import io.longrope.progressive.report.Quantities;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;

/** {@code longrope watch JOB}. */
@Command(name = "watch", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Tells what a job has done and does, until it ends.",
        footer = {"", "Exit code 0 when the job finished, 1 when it failed or was cancelled.",
            "", "Example: longrope watch demo-4f0c11aa --bootstrap kafka:9092"})
final class WatchCommand implements Callable<Integer> {

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Main.Console console;

    @Parameters(paramLabel = "JOB", description = "The job's id, as submit and jobs print it.")
    private String job;

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    WatchCommand(Main.Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        log.apply(console);
        var id = new JobId(job);
        try (var jobs = kafka.jobLog()) {
            var state = jobs.state(id).map(known -> JobState.queued(id, known.submitted())).orElseThrow(() -> unknown(jobs));
            var events = new LinkedBlockingQueue<JobEvent>();
            try (var subscription = jobs.follow(JobLog.From.BEGINNING, events::add)) {
                while (!state.phase().isFinal()) {
                    var event = events.take();
                    if (event.job().equals(id)) {
                        state = state.after(event);
                        console.out().println(line(event));
                    }
                }
            }
            return state.phase() == JobState.Phase.FINISHED ? 0 : 1;
        }
    }

    private BadInput unknown(JobLog jobs) {
        return new BadInput("job", "must be one that was submitted", job,
                "known are " + jobs.states().stream().map(state -> state.id().value()).toList());
    }

    private static String line(JobEvent event) {
        var parts = new ArrayList<String>();
        parts.add(event.stage().isEmpty() ? event.job().value() : event.stage());
        parts.add(event.kind() == JobEvent.Kind.GENERATION ? "generation " + event.generation() : event.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '));
        var best = event.numbers().get(JobEvent.BEST);
        if (best != null) {
            parts.add("best " + Quantities.perplexity(best));
        }
        var done = event.numbers().get(JobEvent.EVALUATIONS_DONE);
        if (done != null) {
            parts.add(String.format(Locale.ROOT, "%.0f/%.0f evaluations", done, event.numbers().getOrDefault(JobEvent.EVALUATIONS_PLANNED, done)));
        }
        if (!event.message().isEmpty()) {
            parts.add(event.message());
        }
        return CLOCK.format(event.at()) + " " + String.join(" · ", parts);
    }
}
