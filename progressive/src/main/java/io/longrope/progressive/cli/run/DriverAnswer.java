package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.report.Quantities;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.Plural;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What a driver makes of a job that was just submitted: it checks model, texts and devices through workers before anything runs. */
final class DriverAnswer {

    private final Terminal terminal;
    private final Instant submitted;
    private final String watch;
    private final String cancel;
    private final Supplier<Optional<JobState>> state;
    private final Supplier<String> whyNotTaken;
    private final Supplier<String> whoLooks;
    private String driver = "";
    private Instant taken = Instant.EPOCH;

    /**
     * @param submitted   when the job was
     * @param watch       a command that follows the job
     * @param cancel      a command that ends the job
     * @param state       of the job, by which a driver that took it is known before its event comes
     * @param whyNotTaken why no driver has it, and what to do about that
     * @param whoLooks    at model and texts for a driver that has it, or what to do where nobody does
     */
    DriverAnswer(Terminal terminal, Instant submitted, String watch, String cancel, Supplier<Optional<JobState>> state,
                 Supplier<String> whyNotTaken, Supplier<String> whoLooks) {
        this.terminal = terminal;
        this.submitted = submitted;
        this.watch = watch;
        this.cancel = cancel;
        this.state = state;
        this.whyNotTaken = whyNotTaken;
        this.whoLooks = whoLooks;
    }

    /**
     * Waits for it, and tells it.
     *
     * @param events   of the job, since it was submitted
     * @param patience how long to wait at most
     * @param quiet    how long to wait without a word
     * @return the exit code: 0 also when nothing is known yet, for the job is in the queue
     */
    int await(BlockingQueue<JobEvent> events, Duration patience, Duration quiet) throws InterruptedException {
        long begin = System.nanoTime();
        boolean told = quiet.compareTo(patience) >= 0;
        while (true) {
            long left = (told ? patience : quiet).toNanos() - (System.nanoTime() - begin);
            var event = events.poll(Math.max(0, left), TimeUnit.NANOSECONDS);
            if (event == null && !told) {
                terminal.line("waits up to " + Plural.of(patience.toSeconds(), "second") + " for the driver that checks it; the job stays"
                        + " in the queue when this ends");
                told = true;
                continue;
            }
            if (event == null) {
                findTaker();
                terminal.line((driver.isEmpty()
                        ? "no driver has taken it since it was submitted at " + Quantities.timeOfDay(submitted) + ": " + whyNotTaken.get()
                        : "driver " + driver + " has checked it since " + Quantities.timeOfDay(taken) + ": " + whoLooks.get())
                        + "; " + watch + " tells how it goes");
                return 0;
            }
            var code = tell(event);
            if (code.isPresent()) {
                return code.getAsInt();
            }
        }
    }

    private void findTaker() {
        if (driver.isEmpty()) {
            state.get().filter(found -> found.phase() != JobState.Phase.QUEUED).ifPresent(found -> {
                driver = found.driver();
                taken = found.updated();
            });
        }
    }

    private OptionalInt tell(JobEvent event) {
        return switch (event.kind()) {
            case STARTED -> {
                driver = event.message();
                taken = event.at();
                yield OptionalInt.empty();
            }
            case STAGE_STARTED, GENERATION, TRIED, TRAINED, EVALUATION, TABLE, STAGE_FINISHED, REPORTED -> {
                terminal.line("checked and running on driver " + driver + ", stage " + event.stage());
                yield OptionalInt.of(0);
            }
            case FINISHED -> {
                terminal.line("finished: " + event.message());
                yield OptionalInt.of(0);
            }
            case WAITS -> {
                terminal.line("waiting: " + event.waiting().orElseThrow().line());
                terminal.line("it goes on by itself when a worker comes that can; " + cancel + " ends it");
                yield OptionalInt.of(0);
            }
            case FAILED -> {
                event.reasons().forEach(terminal::line);
                yield OptionalInt.of(Problems.BAD_INPUT);
            }
            case INCOMPLETE -> {
                event.reasons().forEach(terminal::line);
                yield OptionalInt.of(Problems.FAILED);
            }
            case PAUSED, CANCELLED -> {
                terminal.line(JobWatch.name(event.kind()));
                yield OptionalInt.of(JobWatch.CANCELLED);
            }
            case WARNING -> {
                terminal.line(event.message());
                yield OptionalInt.empty();
            }
            case SUBMITTED, GOES_ON, CANCEL_REQUESTED, PAUSE_REQUESTED, REMOVED -> OptionalInt.empty();
        };
    }
}
