package io.longrope.progressive.cli.run;

import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Waiting;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(60)
class JobWatchTest {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final JobId JOB = new JobId("job");
    private static final Waiting WAITING = new Waiting(TaskClass.SCORE, "score of 64 tokens", Map.of("a", "no such model"), 0);

    private final InMemoryJobLog log = new InMemoryJobLog();
    private final StringWriter out = new StringWriter();
    private final JobWatch watch = new JobWatch(log, new PrintWriter(out));

    @BeforeEach
    void submit() {
        log.submit(new JobSubmission(new JobId("other"), "{}", NOON));
        log.submit(new JobSubmission(JOB, "{}", NOON));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.STARTED, "d", NOON));
    }

    @AfterEach
    void close() {
        log.close();
    }

    @Test
    void tellsFromTheBeginningToTheEnd() throws Exception {
        log.publish(JobEvent.waits(JOB, WAITING, NOON));
        log.publish(JobEvent.of(JOB, JobEvent.Kind.GOES_ON, "", NOON));
        log.cancel(new JobId("other"), NOON);
        log.publish(JobEvent.of(JOB, JobEvent.Kind.FINISHED, "", NOON.plusSeconds(1)));
        assertThat(watch.follow(log.state(JOB).orElseThrow())).isZero();
        assertThat(out.toString().lines().map(line -> line.substring(9))).containsExactly("job · submitted", "job · started · d",
                "job · waiting: score of 64 tokens: a says no such model", "job · goes on", "job · finished");
    }

    @Test
    void jobThatWaitsSaysSoAtOnceAndWhatWasGivenUpIsListed() throws Exception {
        log.publish(JobEvent.waits(JOB, WAITING, NOON));
        var state = log.state(JOB).orElseThrow();
        log.publish(JobEvent.incomplete(JOB, "search", List.of("score given up after 60 s"), NOON.plusSeconds(1)));
        log.submit(new JobSubmission(JOB, "{}", NOON));
        log.publish(JobEvent.waits(JOB, WAITING, NOON.plusSeconds(2)));
        var thread = new Thread(() -> {
            while (!out.toString().contains("waiting")) {
                Thread.onSpinWait();
            }
            log.publish(JobEvent.incomplete(JOB, "search", List.of("score given up after 90 s"), NOON.plusSeconds(3)));
        });
        thread.start();
        assertThat(watch.followFromNow(state)).isEqualTo(1);
        thread.join();
        assertThat(out.toString()).contains("job · waiting: score of 64 tokens: a says no such model",
                "search · incomplete · 1 task was given up", "score given up after 90 s").doesNotContain("after 60 s");
    }
}
