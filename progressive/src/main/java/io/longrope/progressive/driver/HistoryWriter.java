package io.longrope.progressive.driver;

import io.longrope.progressive.report.RunHistory;
import io.longrope.progressive.stage.Scoring;
import io.longrope.search.work.Result;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.json.Json;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;

/**
 * Writes down what happens to a job, with each result, for the pictures of its report. No part of the result: who
 * scored what, and when, differs from run to run.
 */
final class HistoryWriter implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HistoryWriter.class);

    private final LineFile file;
    private final JobId job;
    private final InstantSource clock;
    private volatile String stage = "";
    private volatile boolean closed;

    private HistoryWriter(LineFile file, JobId job, InstantSource clock) {
        this.file = file;
        this.job = job;
        this.clock = clock;
    }

    /** Goes on where an earlier run of the job ended. */
    static HistoryWriter open(Path runDirectory, JobId job, InstantSource clock) throws IOException {
        return new HistoryWriter(LineFile.open(runDirectory.resolve(RunHistory.FILE)), job, clock);
    }

    void add(JobEvent event) {
        if (event.kind() == JobEvent.Kind.STAGE_STARTED) {
            stage = event.stage();
        } else if (event.kind() == JobEvent.Kind.STAGE_FINISHED) {
            stage = RunHistory.CLOSING;
        }
        if (closed) {
            // a result that comes when the job was left to others
            return;
        }
        try {
            file.append(Json.write(event));
        } catch (UncheckedIOException e) {
            // a full disk must not end a search
            LOG.warn("{} has a gap: {}", RunHistory.FILE, e.getMessage());
        }
    }

    /** A listener that writes results down and passes them on. */
    Scoring.ScoreListener beside(Scoring.ScoreListener listener) {
        return new Scoring.ScoreListener() {
            @Override
            public void measured(Result result, boolean known) {
                if (!known) {
                    add(JobEvent.ofStage(job, JobEvent.Kind.EVALUATION, stage,
                            Map.of(JobEvent.SECONDS, result.seconds(), JobEvent.TOKENS, (double) result.tokens()),
                            result.worker(), clock.instant()));
                }
                listener.measured(result, known);
            }

            @Override
            public void evaluated(boolean known) {
                listener.evaluated(known);
            }

            @Override
            public void givenUp(TaskGivenUp reason) {
                listener.givenUp(reason);
            }

            @Override
            public void waiting(int open, Duration since) {
                listener.waiting(open, since);
            }
        };
    }

    @Override
    public void close() throws IOException {
        closed = true;
        file.close();
    }
}
