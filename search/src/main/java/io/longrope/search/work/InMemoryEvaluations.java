package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Evaluations measured by threads of this process; the journal is a map that may outlive it. */
public final class InMemoryEvaluations implements Evaluations {

    private static final int DELIVERIES = 1;

    private final InMemoryQueue queue;
    private final List<EvaluationQueue> members;
    private final List<EvaluationLoop> loops;
    private final List<Thread> threads;

    /**
     * @param evaluator asked by all workers at once, so it must be safe for that when there is more than one
     * @param workers   threads, at least 1
     * @param journal   scores known already; scores found are added to it
     */
    public InMemoryEvaluations(Evaluator evaluator, int workers, Map<EvaluationId, Score> journal) {
        Require.atLeast(1, workers, "workers");
        queue = new InMemoryQueue(journal, DELIVERIES);
        members = IntStream.range(0, workers).mapToObj(i -> queue.join("worker-" + i)).toList();
        loops = members.stream().map(member -> new EvaluationLoop(member, evaluator)).toList();
        threads = loops.stream().map(InMemoryEvaluations::start).toList();
    }

    @Override
    public CompletableFuture<Score> submit(Evaluation evaluation) {
        return queue.submit(evaluation);
    }

    @Override
    public void withdrawUnanswered() {
        queue.withdrawUnanswered();
    }

    /** Drops what waits, interrupts what runs, and waits for the workers to end. */
    @Override
    public void close() {
        queue.close();
        loops.forEach(EvaluationLoop::stop);
        members.forEach(EvaluationQueue::close);
        threads.forEach(Thread::interrupt);
        threads.forEach(InMemoryEvaluations::join);
    }

    private static Thread start(EvaluationLoop loop) {
        var thread = new Thread(loop, "evaluation");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
