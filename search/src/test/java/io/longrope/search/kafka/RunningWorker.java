package io.longrope.search.kafka;

import io.longrope.search.work.FakeRunner;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskMeter;

import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;

/** A thread that serves all classes of the queue "q" until it is closed. */
final class RunningWorker implements AutoCloseable {

    private final KafkaWorkQueue queue;
    private final TaskLoop loop;
    private final Thread thread;

    private RunningWorker(KafkaWorkQueue queue, TaskLoop loop, String name) {
        this.queue = queue;
        this.loop = loop;
        thread = new Thread(loop, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** @param run what becomes of a task */
    static RunningWorker start(KafkaSettings settings, String name, FakeRunner.Run run) {
        var queue = KafkaWorkQueue.open(settings, "q", name, EnumSet.allOf(TaskClass.class), InstantSource.system());
        return new RunningWorker(queue, new TaskLoop(queue, new FakeRunner(run), new TaskMeter(), TaskLoop.Habits.usual(Optional::empty),
                InstantSource.system()), name);
    }

    @Override
    public void close() throws InterruptedException {
        loop.stop();
        thread.interrupt();
        thread.join();
        queue.close();
    }
}
