package io.longrope.progressive.driver;

import io.longrope.search.job.InMemoryJobClaims;
import io.longrope.search.job.InMemoryJobLog;
import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobState;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.evaluator.worker.Roots;
import io.longrope.evaluator.worker.SampleBook;
import io.longrope.progressive.local.Workers;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.PlanReader;
import io.longrope.progressive.stage.PlanCheck;
import io.longrope.search.work.Daemons;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.InMemoryWorkerBoard;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.TaskClass;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(120)
class JobLoopTest {

    private static final Path MODELS = Path.of(System.getProperty("longrope.home"), "evaluator/models");

    private static final JobId LAST = new JobId("last");

    @TempDir
    private Path directory;

    @Test
    void aJobThatFailsIsToldOnce() throws Exception {
        // enough to be read, too little for a sample: what workers find out, not who reads the plan
        Files.writeString(directory.resolve("short.txt"), "too short");
        var log = new InMemoryJobLog();
        var failures = new CopyOnWriteArrayList<JobEvent>();
        var last = new CountDownLatch(1);
        try (var claims = new InMemoryJobClaims(log); var board = new InMemoryWorkerBoard();
             var work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
             var workers = Workers.start(1, setting(), Clock.systemUTC(), instance -> work.join(instance, EnumSet.of(TaskClass.SCORE)));
             var subscription = log.follow(event -> {
                 if (event.kind() == JobEvent.Kind.FAILED) {
                     failures.add(event);
                 }
                 if (event.job().equals(LAST)) {
                     last.countDown();
                 }
             })) {
            log.submit(JobSession.submission(plan("java-1m"), Clock.systemUTC()));
            var left = new Leaving();
            left.loop = loop(MODELS, left, new DriverPlaces(1));
            left.loop.run(ends(work, board, log, claims));
            // events are told in order, on a thread of the log's own
            log.publish(JobEvent.of(LAST, JobEvent.Kind.STARTED, "", Instant.EPOCH));
            last.await();
        }
        assertThat(failures).singleElement()
                .satisfies(failure -> assertThat(failure.message()).contains("must leave room for", "short.txt"));
    }

    /** Kafka's client wraps an interrupt in an exception of its own. */
    @Test
    void whatBreaksWhileTheDriverLeavesIsNoFailureOfTheJob() throws Exception {
        var log = new InMemoryJobLog();
        log.submit(JobSession.submission(plan("java-1m"), Clock.systemUTC()));
        var loop = loop(MODELS, new Leaving(), new DriverPlaces(1));
        try (var claims = new InMemoryJobClaims(log); var board = new InMemoryWorkerBoard()) {
            JobLoop.TaskSource interrupted = (job, listener) -> {
                throw new IllegalStateException(new InterruptedException());
            };
            assertThatThrownBy(() -> loop.run(new JobLoop.Ends(interrupted, board, log, claims.join())))
                    .isInstanceOf(InterruptedException.class);
        }
        assertThat(log.states()).extracting(JobState::phase).containsExactly(JobState.Phase.QUEUED);
    }

    @Test
    void aJobThatComesWhenTheLoopWasToldToStopIsLeftToOthers() throws Exception {
        var log = new InMemoryJobLog();
        log.submit(JobSession.submission(plan("java-1m"), Clock.systemUTC()));
        var loop = loop(MODELS, new Leaving(), new DriverPlaces(1));
        try (var claims = new InMemoryJobClaims(log); var board = new InMemoryWorkerBoard(); var driver = claims.join();
             var other = claims.join()) {
            JobClaims stopping = new JobClaims() {
                @Override
                public Optional<Claim> claim(Duration timeout) throws InterruptedException {
                    var claim = driver.claim(timeout);
                    loop.stop();
                    return claim;
                }

                @Override
                public void close() {
                }
            };
            loop.run(new JobLoop.Ends((job, listener) -> {
                throw new AssertionError("begun");
            }, board, log, stopping));
            assertThat(log.states()).extracting(JobState::phase).containsExactly(JobState.Phase.QUEUED);
            assertThat(other.claim(Duration.ofSeconds(5))).isPresent();
        }
    }

    @Test
    void aJobThatWaitsForAWorkerKeepsNoOtherFromTheDriver() throws Exception {
        Files.writeString(directory.resolve("short.txt"), "too short");
        var log = new InMemoryJobLog();
        var waits = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var places = new DriverPlaces(1);
        try (var claims = new InMemoryJobClaims(log); var board = new InMemoryWorkerBoard();
             var work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
             var workers = Workers.start(1, setting(), Clock.systemUTC(), instance -> work.join(instance, EnumSet.of(TaskClass.SCORE)));
             var subscription = log.follow(event -> {
                 if (event.kind() == JobEvent.Kind.WAITS) {
                     waits.countDown();
                 }
                 if (event.kind() == JobEvent.Kind.FAILED) {
                     ended.countDown();
                 }
             })) {
            var loops = List.of(loop(MODELS, new Leaving(), places), loop(MODELS, new Leaving(), places));
            var threads = loops.stream().map(loop -> Daemons.thread("slot", () -> run(loop, ends(work, board, log, claims)))).toList();
            threads.forEach(Thread::start);
            log.submit(JobSession.submission(plan("java-2m"), Clock.systemUTC()));
            waits.await();
            log.submit(JobSession.submission(plan("java-1m"), Clock.systemUTC()));
            ended.await();
            loops.forEach(JobLoop::stop);
            threads.forEach(Thread::interrupt);
            for (var thread : threads) {
                thread.join();
            }
        }
        assertThat(log.states()).extracting(JobState::phase)
                .containsExactlyInAnyOrder(JobState.Phase.WAITING, JobState.Phase.FAILED);
    }

    @Test
    void aDriverWithoutTheModelSaysSoBeforeAnythingIsScored() throws Exception {
        Files.writeString(directory.resolve("short.txt"), "a text that is long enough ".repeat(10_000));
        var log = new InMemoryJobLog();
        var leaving = new Leaving();
        try (var claims = new InMemoryJobClaims(log); var board = new InMemoryWorkerBoard();
             var work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
             var workers = Workers.start(1, setting(), Clock.systemUTC(), instance -> work.join(instance, EnumSet.of(TaskClass.SCORE)))) {
            log.submit(JobSession.submission(plan("java-1m"), Clock.systemUTC()));
            leaving.loop = loop(directory.resolve("nowhere"), leaving, new DriverPlaces(1));
            leaving.loop.run(ends(work, board, log, claims));
        }
        assertThat(log.states()).singleElement().satisfies(state -> {
            assertThat(state.phase()).isEqualTo(JobState.Phase.FAILED);
            assertThat(state.stage()).as("none begun").isEmpty();
            assertThat(state.reasons()).singleElement().asString()
                    .startsWith("the driver's --models must hold the model").contains("nowhere/java-1m, missing");
        });
    }

    private JobLoop loop(Path models, JobObserver observer, DriverPlaces places) {
        return new JobLoop("driver", new JobSession.Roots(models, directory.resolve("runs")), Clock.systemUTC(), text -> { }, observer,
                places);
    }

    private static JobLoop.Ends ends(InMemoryWork work, InMemoryWorkerBoard board, InMemoryJobLog log, InMemoryJobClaims claims) {
        return new JobLoop.Ends((job, listener) -> work.open(job.value(), LedgerRules.DEFAULT, listener), board, log, claims.join());
    }

    private static void run(JobLoop loop, JobLoop.Ends ends) {
        try {
            loop.run(ends);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Workers.Setting setting() {
        var data = Root.of(directory, "--data");
        return new Workers.Setting("worker", new Roots(List.of(Root.of(MODELS, "--models")), data, Optional.empty()),
                new SampleBook(data, TokenStore.at(directory.resolve("tokens"))), new ModelSession(Device.CPU, ModelSession.Limits.USUAL),
                new Workers.Place("cpu", "", () -> new Workers.Memory(0, 0)), false, true);
    }

    private JobPlan plan(String model) throws IOException {
        return new PlanReader(PlanCheck.UNSEEN).read(Files.writeString(directory.resolve("plan.yaml"), """
                schema: 1
                name: short
                seed: 1
                model: %s
                data: {evaluation: short.txt}
                stages:
                  - search: {length: 1024}
                """.formatted(model)), List.of());
    }

    /** Stops the loop when it leaves its first job. */
    private static final class Leaving implements JobObserver {

        private JobLoop loop;

        @Override
        public void happened(JobEvent event) {
        }

        @Override
        public void left(JobId job) {
            if (loop != null) {
                loop.stop();
            }
        }
    }
}
