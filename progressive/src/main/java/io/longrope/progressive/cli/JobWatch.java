package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.report.Quantities;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;

import java.io.PrintWriter;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Locale;
import java.util.concurrent.LinkedBlockingQueue;

/** Prints what happens to a job until it ends. */
final class JobWatch {

    static final int CANCELLED = 3;

    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final JobLog jobs;
    private final PrintWriter out;

    JobWatch(JobLog jobs, PrintWriter out) {
        this.jobs = jobs;
        this.out = out;
    }

    /** @return the exit code that tells how the job ended */
    int follow(JobState job, JobLog.From from) throws InterruptedException {
        var events = new LinkedBlockingQueue<JobEvent>();
        try (var subscription = jobs.follow(from, events::add)) {
            // what happened between the caller's look and the subscription is told from now on, or is in this state
            var now = now(job);
            if (from == JobLog.From.NOW) {
                out.println(CLOCK.format(now.updated()) + " " + job.id() + " · " + name(now.phase())
                        + (now.stage().isEmpty() ? "" : " · " + now.stage()));
            }
            var state = from == JobLog.From.NOW ? now : JobState.queued(job.id(), job.submitted());
            // a job submitted again has more than one end
            while (!state.phase().isFinal() || !state.updated().equals(now(job).updated())) {
                var event = events.take();
                if (event.job().equals(job.id())) {
                    state = state.after(event);
                    out.println(line(event));
                }
            }
            return exitCode(state.phase());
        }
    }

    static String name(JobState.Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    private JobState now(JobState job) {
        return jobs.state(job.id()).orElse(job);
    }

    private static int exitCode(JobState.Phase end) {
        return switch (end) {
            case FINISHED -> 0;
            case CANCELLED -> CANCELLED;
            default -> Problems.FAILED;
        };
    }

    private static String line(JobEvent event) {
        var parts = new ArrayList<String>();
        parts.add(event.stage().isEmpty() ? event.job().value() : event.stage());
        parts.add(event.kind() == JobEvent.Kind.GENERATION ? "generation " + event.generation() : event.kind().name()
                .toLowerCase(Locale.ROOT).replace('_', ' '));
        var best = event.numbers().get(JobEvent.BEST);
        if (best != null) {
            parts.add("best " + Quantities.perplexity(best));
        }
        var done = event.numbers().get(JobEvent.EVALUATIONS_DONE);
        if (done != null) {
            parts.add(String.format(Locale.ROOT, "%.0f/%.0f evaluations", done,
                    event.numbers().getOrDefault(JobEvent.EVALUATIONS_PLANNED, done)));
        }
        var step = event.numbers().get(JobEvent.STEP);
        if (step != null) {
            parts.add(String.format(Locale.ROOT, "step %.0f/%.0f", step, event.numbers().getOrDefault(JobEvent.STEPS, step)));
        }
        if (!event.message().isEmpty()) {
            parts.add(event.message());
        }
        return CLOCK.format(event.at()) + " " + String.join(" · ", parts);
    }
}
