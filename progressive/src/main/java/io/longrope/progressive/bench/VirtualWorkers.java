package io.longrope.progressive.bench;

import io.longrope.search.evolution.SampleLosses;
import io.longrope.search.evolution.Trial;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Workers in a time of their own, which passes only in {@link #step}: nothing waits, so hours take as long as the formula. A task is
 * one trial on one sample, as jobs have it; free workers take the tasks in the order in which they were asked for. Tasks that end at the
 * same time end in that order too, so that a search can be repeated. Of one thread only.
 */
final class VirtualWorkers implements SampleLosses {

    private static final Comparator<Underway> NEXT_TO_END = Comparator.comparingLong(Underway::end)
            .thenComparingLong(underway -> underway.task.number);

    private final SampledProblem problem;
    private final TaskLength length;
    private final Queue<Asked> queue = new ArrayDeque<>();
    private final PriorityQueue<Underway> underway = new PriorityQueue<>(NEXT_TO_END);
    private int free;
    private long asked;
    private long begun;
    private long now;

    /** @param nanos it takes a worker */
    private record Asked(long number, long nanos, double loss, CompletableFuture<Double> answer) {
    }

    private record Underway(Asked task, long end) {
    }

    VirtualWorkers(int workers, SampledProblem problem, TaskLength length) {
        free = workers;
        this.problem = problem;
        this.length = length;
    }

    @Override
    public int count() {
        return problem.samples();
    }

    /** Each sample counts as one token. */
    @Override
    public CompletableFuture<Part> measure(Trial trial, int from, int to) {
        var answers = IntStream.range(from, to).mapToObj(sample -> ask(trial, sample)).toList();
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
                .thenApply(all -> new Part(answers.stream().map(CompletableFuture::join).toList(), answers.size()));
    }

    private CompletableFuture<Double> ask(Trial trial, int sample) {
        long nanos = length.of(ServiceBench.task(trial.candidate(), sample).id()).toNanos();
        var task = new Asked(asked++, nanos, problem.loss(trial.candidate(), sample), new CompletableFuture<>());
        queue.add(task);
        return task.answer;
    }

    /** Goes on to the end of the next task; false where no worker has any. */
    boolean step() {
        while (free > 0 && !queue.isEmpty()) {
            var task = queue.remove();
            free--;
            begun++;
            underway.add(new Underway(task, now + task.nanos));
        }
        var next = underway.poll();
        if (next == null) {
            return false;
        }
        now = next.end;
        free++;
        next.task.answer.complete(next.task.loss);
        return true;
    }

    /** Since the beginning. */
    double seconds() {
        return now / 1e9;
    }

    /** Tasks begun since the beginning, those under way among them. */
    long tasks() {
        return begun;
    }
}
