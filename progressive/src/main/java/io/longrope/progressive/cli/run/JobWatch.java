package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.report.EventText;
import io.longrope.progressive.report.Quantities;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Prints what happens to a job until it ends. */
public final class JobWatch {

    public static final int CANCELLED = 3;

    private final JobLog jobs;
    private final PrintWriter out;

    public JobWatch(JobLog jobs, PrintWriter out) {
        this.jobs = jobs;
        this.out = out;
    }

    /**
     * Tells all that has happened so far, too.
     *
     * @return the exit code that tells how the job ended
     */
    public int follow(JobState job) throws InterruptedException {
        var events = new LinkedBlockingQueue<JobEvent>();
        try (var subscription = jobs.follow(job.id(), events::add)) {
            return untilItsEnd(JobState.queued(job.id(), job.name(), job.submitted()), events);
        }
    }

    /**
     * Tells where it is and what happens from now on.
     *
     * @return the exit code that tells how the job ended
     */
    public int followFromNow(JobState job) throws InterruptedException {
        var events = new LinkedBlockingQueue<JobEvent>();
        try (var subscription = jobs.follow(event -> {
            if (event.job().equals(job.id())) {
                events.add(event);
            }
        })) {
            // what happened between the caller's look and the subscription is told from now on, or is in this state
            var now = now(job);
            out.println(Quantities.timeOfDay(now.updated()) + " " + job.id() + " · " + name(now.phase())
                    + (now.stage().isEmpty() ? "" : " · " + now.stage()) + now.waiting().map(waiting -> ": " + waiting.line()).orElse(""));
            now.reasons().forEach(out::println);
            return untilItsEnd(now, events);
        }
    }

    private int untilItsEnd(JobState from, BlockingQueue<JobEvent> events) throws InterruptedException {
        var state = from;
        // a job submitted again has more than one end
        while (!state.phase().hasEnded() || !state.updated().equals(now(state).updated())) {
            var event = events.take();
            state = state.after(event);
            if (event.kind() != JobEvent.Kind.TRIED) {
                // the generation that follows says what came of the candidates
                out.println(Quantities.timeOfDay(event.at()) + " " + EventText.of(event));
            }
            event.reasons().stream().filter(reason -> !reason.equals(event.message())).forEach(out::println);
        }
        return exitCode(state.phase());
    }

    public static String name(Enum<?> phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    private JobState now(JobState job) {
        return jobs.state(job.id()).orElse(job);
    }

    private static int exitCode(JobState.Phase end) {
        return switch (end) {
            case FINISHED -> 0;
            case CANCELLED, PAUSED -> CANCELLED;
            default -> Problems.FAILED;
        };
    }
}
