package io.longrope.search.kafka;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.WaitListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleTasks.outcome;
import static io.longrope.search.work.SampleTasks.task;
import static org.assertj.core.api.Assertions.assertThat;

/** Real processes, really killed: nothing is lost, nothing counts twice. */
class ProcessFaultsTest {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final JobId JOB = new JobId("job-1");

    private static KafkaTasks driver(KafkaSettings settings) {
        return KafkaTasks.open(settings, "q", JOB.value(), LedgerRules.DEFAULT, WaitListener.NONE);
    }

    private static Result answer(CompletableFuture<Result> future) throws Exception {
        return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void taskOfAKilledWorkerIsDoneByAnother() throws Exception {
        var settings = TestBroker.fresh();
        try (var driver = driver(settings);
             var doomed = ChildProcess.start("worker", settings.bootstrap(), settings.prefix(), "doomed", "9")) {
            var asked = driver.submit(List.of(task(1))).get(0);
            doomed.await("TAKEN");
            doomed.kill();
            try (var heir = RunningWorker.start(settings, "heir", SampleTasks::outcome)) {
                assertThat(answer(asked)).extracting(Result::outcome, Result::worker).containsExactly(outcome(task(1)), "heir");
            }
        }
        var attempts = new ArrayList<Attempt>();
        TopicTail.readAll(settings, settings.attempts(), message -> TaskMessages.readAttempt(message, attempts::add));
        assertThat(attempts).extracting(Attempt::kind).containsExactly(Attempt.Kind.LOST);
    }

    @Test
    void lateResultOfAStoppedWorkerDoesNotCount() throws Exception {
        var settings = TestBroker.fresh();
        try (var driver = driver(settings);
             var stopped = ChildProcess.start("worker", settings.bootstrap(), settings.prefix(), "stopped", "9")) {
            var asked = driver.submit(List.of(task(1))).get(0);
            stopped.await("TAKEN");
            stopped.signal("STOP");
            try (var heir = RunningWorker.start(settings, "heir", SampleTasks::outcome)) {
                assertThat(answer(asked).outcome()).isEqualTo(outcome(task(1)));
            }
            stopped.signal("CONT");
            stopped.await("DONE");
            assertThat(driver.submit(List.of(task(1))).get(0).join().outcome()).isEqualTo(outcome(task(1)));
        }
        try (var driver = driver(settings)) {
            assertThat(answer(driver.submit(List.of(task(1))).get(0)).outcome()).isEqualTo(outcome(task(1)))
                    .isNotEqualTo(new Outcome.Loss(9));
        }
    }

    @Test
    void killedDriverIsReplacedAndTheResultIsTheSame() throws Exception {
        var undisturbed = Roles.search(SampleTasks::outcome, step -> { });
        var settings = TestBroker.fresh();
        try (var log = KafkaJobLog.open(settings); var worker = RunningWorker.start(settings, "a", SampleTasks::outcome)) {
            log.submit(new JobSubmission(JOB, "{}", Instant.parse("2026-11-21T12:00:00Z")));
            try (var doomed = ChildProcess.start("driver", settings.bootstrap(), settings.prefix())) {
                doomed.await("STEP 5");
                doomed.kill();
            }
            try (var claims = KafkaJobClaims.open(settings, "heir", log, InstantSource.system())) {
                var claim = claims.claim(SOON).orElseThrow();
                assertThat(claim.submission().id()).isEqualTo(JOB);
                assertThat(Roles.search(settings, JOB.value(), step -> { })).isEqualTo(undisturbed);
                claim.finish();
            }
        }
    }

    @Test
    void killedBrokerComesBackAndNothingIsLost(@TempDir Path directory) throws Exception {
        try (var broker = ChildProcess.start("broker", directory.toString(), "0")) {
            var settings = KafkaSettings.at(broker.await("READY"));
            var port = settings.bootstrap().split(":")[1];
            Topics.prepare(settings, List.of("q"));
            try (var driver = driver(settings); var worker = RunningWorker.start(settings, "a", task -> {
                Thread.sleep(50);
                return outcome(task);
            })) {
                var asked = driver.submit(IntStream.range(0, 30).mapToObj(SampleTasks::task).toList());
                answer(asked.get(8));
                broker.kill();
                try (var again = ChildProcess.start("broker", directory.toString(), port)) {
                    again.await("READY");
                    for (int i = 0; i < asked.size(); i++) {
                        assertThat(answer(asked.get(i)).outcome()).isEqualTo(outcome(task(i)));
                    }
                    worker.close();
                    driver.close();
                }
            }
        }
    }
}
