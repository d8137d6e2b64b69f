package io.longrope.progressive.bench;

import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.TaskLoop;
import io.longrope.search.work.TaskMeter;
import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.WorkQueue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Workers in threads of this process, each with an end of the queue of its own. */
final class WorkerThreads implements AutoCloseable {

    private final List<WorkQueue> queues = new ArrayList<>();
    private final List<TaskLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    /** @param queue is closed with the worker */
    void start(WorkQueue queue, TaskRunner runner) {
        var loop = new TaskLoop(queue, runner, new TaskMeter(), TaskLoop.Habits.usual(Optional::empty), SteadyClock.start());
        var thread = new Thread(loop, queue.worker());
        thread.setDaemon(true);
        queues.add(queue);
        loops.add(loop);
        threads.add(thread);
        thread.start();
    }

    /** Ends what they are doing. */
    @Override
    public void close() {
        loops.forEach(TaskLoop::stop);
        threads.forEach(Thread::interrupt);
        queues.parallelStream().forEach(WorkQueue::close);
    }
}
