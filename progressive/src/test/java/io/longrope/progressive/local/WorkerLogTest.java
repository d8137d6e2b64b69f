package io.longrope.progressive.local;

import io.longrope.evaluator.worker.Worker;
import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.InspectTask;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.WaitListener;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/** What stands before every line that a worker logs. */
class WorkerLogTest {

    /** Of the thread that does tasks, while it does each. */
    private final LinkedBlockingQueue<Optional<String>> jobs = new LinkedBlockingQueue<>();

    @Test
    void linesOfATaskSayWhichJobItIsOf() throws InterruptedException {
        var clock = InstantSource.system();
        var habits = TaskLoop.Habits.usual(Optional::empty);
        try (var work = new InMemoryWork(new ResultBook(), clock);
             var worker = Worker.start(work.join("w", EnumSet.allOf(TaskClass.class)), new Listening(), habits, clock)) {
            for (var job : List.of("one", "other")) {
                try (var tasks = work.open(job, LedgerRules.DEFAULT, WaitListener.NONE)) {
                    tasks.submit(List.of(new InspectTask(job, new InspectTask.Device())));
                    assertThat(jobs.poll(30, TimeUnit.SECONDS)).contains(job);
                }
            }
        }
    }

    private final class Listening implements TaskRunner {

        @Override
        public Done run(Task task) {
            jobs.add(Optional.ofNullable(MDC.get("job")));
            return new Done(new Outcome.Loss(1), 1);
        }

        @Override
        public String device() {
            return "cpu";
        }
    }
}
