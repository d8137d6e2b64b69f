package io.longrope.search.kafka;

import io.longrope.search.work.InMemoryEvaluations;
import io.longrope.search.work.SampleEvaluations;
import io.longrope.search.work.EvaluationLoop;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobSubmission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;

/** Real processes, really killed: nothing is lost, nothing counts twice. */
class ProcessFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    void evaluationOfAKilledWorkerGoesToAnother() throws Exception {
        var settings = TestBroker.fresh();
        try (var driver = KafkaEvaluations.open(settings, "q");
             var doomed = ChildProcess.start("worker", settings.bootstrap(), settings.prefix(), "doomed", "9")) {
            var asked = driver.submit(evaluation(1));
            doomed.await("TAKEN");
            doomed.kill();
            try (var worker = KafkaEvaluationQueue.open(settings, "q", "a")) {
                var assignment = worker.take(SOON).orElseThrow();
                assertThat(assignment.deliveryCount()).isEqualTo(2);
                assignment.complete(score(evaluation(1)));
            }
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
        }
    }

    @Test
    void lateScoreOfAStoppedWorkerDoesNotCount() throws Exception {
        var settings = TestBroker.fresh();
        try (var driver = KafkaEvaluations.open(settings, "q");
             var stopped = ChildProcess.start("worker", settings.bootstrap(), settings.prefix(), "stopped", "9")) {
            var asked = driver.submit(evaluation(1));
            stopped.await("TAKEN");
            stopped.signal("STOP");
            try (var worker = KafkaEvaluationQueue.open(settings, "q", "a")) {
                worker.take(SOON).orElseThrow().complete(score(evaluation(1)));
            }
            assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
            stopped.signal("CONT");
            stopped.await("DONE");
        }
        try (var driver = KafkaEvaluations.open(settings, "q")) {
            assertThat(driver.submit(evaluation(1)).get(20, TimeUnit.SECONDS)).isEqualTo(score(evaluation(1)));
        }
    }

    @Test
    void killedDriverIsReplacedAndTheResultIsTheSame() throws Exception {
        String undisturbed;
        try (var evaluations = new InMemoryEvaluations(SampleEvaluations::score, 1, new HashMap<>())) {
            undisturbed = Roles.search(evaluations, step -> { });
        }
        var settings = TestBroker.fresh();
        try (var log = KafkaJobLog.open(settings); var queue = KafkaEvaluationQueue.open(settings, "q", "a")) {
            log.submit(new JobSubmission(new JobId("job-1"), "{}", Instant.parse("2026-11-21T12:00:00Z")));
            var loop = new EvaluationLoop(queue, SampleEvaluations::score);
            new Thread(loop, "worker").start();
            try (var doomed = ChildProcess.start("driver", settings.bootstrap(), settings.prefix())) {
                doomed.await("STEP 5");
                doomed.kill();
            }
            try (var claims = KafkaJobClaims.open(settings, "heir", log, InstantSource.system())) {
                var claim = claims.claim(SOON).orElseThrow();
                assertThat(claim.submission().id()).isEqualTo(new JobId("job-1"));
                try (var evaluations = KafkaEvaluations.open(settings, "q")) {
                    assertThat(Roles.search(evaluations, step -> { })).isEqualTo(undisturbed);
                }
                claim.finish();
            }
            loop.stop();
        }
    }

    @Test
    void killedBrokerComesBackAndNothingIsLost(@TempDir Path directory) throws Exception {
        int port;
        KafkaSettings settings;
        try (var broker = ChildProcess.start("broker", directory.toString(), "0")) {
            settings = KafkaSettings.at(broker.await("READY"));
            port = Integer.parseInt(settings.bootstrap().split(":")[1]);
            Topics.prepare(settings, List.of("q"));
            try (var driver = KafkaEvaluations.open(settings, "q"); var queue = KafkaEvaluationQueue.open(settings, "q", "a")) {
                var asked = IntStream.range(0, 30).mapToObj(i -> driver.submit(evaluation(i))).toList();
                var loop = new EvaluationLoop(queue, evaluation -> {
                    Thread.sleep(50);
                    return score(evaluation);
                });
                new Thread(loop, "worker").start();
                asked.get(8).get(20, TimeUnit.SECONDS);
                broker.kill();
                try (var again = ChildProcess.start("broker", directory.toString(), String.valueOf(port))) {
                    again.await("READY");
                    for (int i = 0; i < asked.size(); i++) {
                        assertThat(asked.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(score(evaluation(i)));
                    }
                    loop.stop();
                    queue.close();
                    driver.close();
                }
            }
        }
    }
}
