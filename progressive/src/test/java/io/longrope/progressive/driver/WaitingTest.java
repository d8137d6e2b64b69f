package io.longrope.progressive.driver;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.longrope.search.job.JobId;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.TaskId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;

/** What the log says when a job hears nothing from its workers. */
class WaitingTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger(JobReporter.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final JobReporter reporter = new JobReporter(new JobId("job"), event -> { }, () -> now, text -> { });

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    @Test
    void silenceIsToldFromItsBeginning() {
        reporter.waiting(4, Duration.ofMinutes(3));
        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString()
                .isEqualTo("waiting for 4 results, none came for 03:00: no worker has answered yet, perhaps none runs; jobs "
                        + "--workers lists who is at work");
    }

    /** Samples of a candidate may come one by one for an hour before the candidate is done. */
    @Test
    void aResultEndsTheSilenceEvenWhereNoCandidateIsDone() {
        reporter.measured(new Result(new TaskId("ab".repeat(32)), new Outcome.Loss(1), 64, 1, "w", "cpu"), false);
        now = now.plusSeconds(30);
        reporter.waiting(4, Duration.ofMinutes(20));
        assertThat(lines.list).isEmpty();

        now = now.plusSeconds(90);
        reporter.waiting(4, Duration.ofMinutes(22));
        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString()
                .contains("none came for 02:00: the last was of w, what is in hand may take longer");
    }
}
