package io.longrope.evaluator.worker;

import io.longrope.evaluator.facts.Facts;
import io.longrope.search.json.Json;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Sample;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskRefused;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Tasks for a worker that has a small model, a text, and nothing else. */
abstract class ModelTaskScene {

    static final Candidate ORIGINAL = Candidate.original(KnownModel.PAIRS);

    @TempDir
    Path directory;
    WorkerFiles files;

    @BeforeEach
    void writeFiles() throws IOException {
        files = new WorkerFiles(directory);
    }

    ScoreTask score(Sample sample, Objective objective, Candidate candidate) {
        return ScoreTask.whole(files.model, sample, objective, candidate, WorkerFiles.ARITHMETIC);
    }

    void refused(Task task, String why) {
        try (var session = WorkerFiles.session()) {
            assertThatThrownBy(() -> files.runner(session).run(task)).isInstanceOfSatisfying(TaskRefused.class, e -> {
                assertThat(e).hasMessageContaining(why);
                assertThat(e.getMessage()).doesNotContain("\n");
            });
        }
    }

    <T> T inspect(InspectTask.Subject subject, Class<T> form) throws InterruptedException {
        try (var session = WorkerFiles.session()) {
            var outcome = files.runner(session).run(new InspectTask("run 1", subject)).outcome();
            // as it comes through a message
            var sent = Json.write(outcome);
            return Facts.read(Json.mapper().readValue(sent, Outcome.class), form);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
