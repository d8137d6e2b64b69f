package io.longrope.evaluator.worker;

import ai.djl.engine.EngineException;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.Root;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import io.longrope.search.training.AdamW;
import io.longrope.search.training.Schedule;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskMeter;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.TrainTask;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.Waiting;
import io.longrope.search.work.WorkQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What goes wrong in the field, from a driver's question to the answer: ledger, queue, worker's loop and real runners, without a broker.
 */
@Timeout(120)
class WorkScenesTest {

    private static final Candidate CANDIDATE = new Candidate(RescaleFactors.of(1, 1.5, 2, 2), 0, 1.1);

    @TempDir
    Path directory;
    private WorkerFiles files;
    private final InMemoryWork work = new InMemoryWork(new ResultBook(), Clock.systemUTC());
    private final BlockingQueue<String> waits = new LinkedBlockingQueue<>();
    private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

    @BeforeEach
    void writeFiles() throws IOException {
        files = new WorkerFiles(directory.resolve("here"));
    }

    @AfterEach
    void close() throws Exception {
        while (!toClose.isEmpty()) {
            toClose.pop().close();
        }
        work.close();
    }

    /** A thread that serves both queues until the test ends. */
    private void worker(String name, ModelSession session, ModelTaskRunner runner) {
        var queue = work.join(name, EnumSet.allOf(TaskClass.class));
        var loop = new TaskLoop(queue, runner, new TaskMeter(), TaskLoop.Habits.usual(Optional::empty), Clock.systemUTC());
        var thread = new Thread(loop, name);
        thread.start();
        toClose.push(() -> end(loop, thread, queue, session));
    }

    private static void end(TaskLoop loop, Thread thread, WorkQueue queue, ModelSession session) throws InterruptedException {
        loop.stop();
        thread.interrupt();
        thread.join();
        queue.close();
        session.close();
    }

    private Tasks job(int limit) {
        var tasks = work.open("job", new LedgerRules(limit, Optional.empty()), new WaitListener() {
            @Override
            public void waits(Waiting waiting) {
                waits.add(waiting.line());
            }

            @Override
            public void goesOn() {
                waits.add("goes on");
            }
        });
        toClose.push(tasks);
        return tasks;
    }

    private ScoreTask score() {
        return ScoreTask.whole(files.model, files.sample(0, 48), Objective.PERPLEXITY, CANDIDATE, WorkerFiles.ARITHMETIC);
    }

    private static Result answer(Tasks tasks, Task task) throws Exception {
        return tasks.submit(List.of(task)).get(0).get(60, TimeUnit.SECONDS);
    }

    @Test
    void aWrongModelsRootIsWaitedOutAndTheJobGoesOnOnceAWorkerHasTheModel() throws Exception {
        var empty = Root.of(Files.createDirectory(directory.resolve("wrong")), "--models");
        var wrong = new Roots(List.of(empty), files.roots.data(), files.roots.runs());
        var session = WorkerFiles.session();
        worker("wrong", session, new ModelTaskRunner("wrong", wrong, files.samples, session, new ModelTaskRunner.Place("", false),
                new WorkerFiles.SilentLog()));
        var tasks = job(3);
        var asked = tasks.submit(List.of(score())).get(0);
        assertThat(waits.poll(60, TimeUnit.SECONDS)).contains("wrong says", "must exist below --models");
        assertThat(asked).isNotDone();

        var right = WorkerFiles.session();
        worker("right", right, files.runner(right));
        var result = asked.get(60, TimeUnit.SECONDS);
        assertThat(result.outcome()).isInstanceOf(Outcome.Loss.class);
        assertThat(result.worker()).isEqualTo("right");
        assertThat(waits.poll(60, TimeUnit.SECONDS)).isEqualTo("goes on");
    }

    @Test
    void whatIsTooMuchForOneDeviceIsDoneByAnother() throws Exception {
        var small = WorkerFiles.session((tokens, candidate) -> {
            throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB");
        });
        worker("small", small, files.runner(small));
        var tasks = job(1);
        var asked = tasks.submit(List.of(score())).get(0);
        assertThat(waits.poll(60, TimeUnit.SECONDS)).contains("small says", "ran out of the 4.00 GiB of cpu");

        var large = WorkerFiles.session();
        worker("large", large, files.runner(large));
        assertThat(asked.get(60, TimeUnit.SECONDS).worker()).isEqualTo("large");
    }

    @Test
    void whatBrokeIsGivenUpForThisRunOnlyAndRepairedItIsAnswered() throws Exception {
        var repaired = new boolean[1];
        var session = WorkerFiles.session((tokens, candidate) -> {
            if (!repaired[0]) {
                throw new IllegalStateException("a broken cable");
            }
            return new float[] {2, 2};
        });
        worker("w", session, files.runner(session));
        assertThatThrownBy(() -> answer(job(2), score())).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(TaskGivenUp.class)
                .hasMessageContaining("given up after 2 deliveries").hasMessageContaining("a broken cable");
        repaired[0] = true;
        assertThat(answer(job(2), score()).outcome()).isEqualTo(new Outcome.Loss(2));
    }

    /** With a limit of one delivery: those after which less is left to train do not count. */
    @Test
    void aTrainingWhoseWorkersBreakOneAfterTheOtherEndsInTheSameBits() throws Exception {
        var elsewhere = new WorkerFiles(directory.resolve("elsewhere"));
        String expected;
        try (var session = WorkerFiles.session()) {
            expected = ((Outcome.Trained) elsewhere.runner(session).run(training()).outcome()).fingerprint();
        }
        trainer("first", step -> breakAt(4, step));
        trainer("second", step -> breakAt(8, step));
        trainer("third", step -> breakAt(11, step));
        trainer("fourth", step -> { });

        var trained = (Outcome.Trained) answer(job(1), training()).outcome();

        assertThat(trained.fingerprint()).isEqualTo(expected);
        assertThat(files.runs.resolve(trained.directory())).isDirectory();
    }

    private void trainer(String name, IntConsumer atStep) {
        var session = WorkerFiles.session();
        worker(name, session, files.runner(session, false, new WorkerFiles.SilentLog() {
            @Override
            public void step(String training, int step, int steps, double loss) {
                atStep.accept(step);
            }
        }));
    }

    private static void breakAt(int broken, int step) {
        if (step == broken) {
            throw new IllegalStateException("the device fell off the bus");
        }
    }

    private TrainTask training() {
        var settings = new TrainingSettings(12, 4, 2, new AdamW(3e-3, Schedule.LINEAR, 2, 1.0, 0.1, 0.9, 0.95), 11, 3);
        var table = new FactorTable("tiny", new RopeGeometry(8, 10_000, 64), List.of(TableEntry.of(128, Measured.unmeasured(CANDIDATE))),
                List.of());
        return new TrainTask("tune", files.model, CANDIDATE, table, files.text(), SequenceSettings.contiguous(48), settings,
                Optional.empty(), Optional.empty(),
                Optional.empty(), 1);
    }
}
