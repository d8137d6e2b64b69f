package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs a search: asks the optimizer, has its trials measured, tells it what came, until it asks for nothing more. The optimizer is used
 * on the calling thread only; trials are measured wherever the scorer has them measured. One loop for one search.
 */
public final class SearchLoop {

    private final Optimizer optimizer;
    private final Scorer scorer;
    private final int maxEvaluations;
    private final SearchListener listener;
    private final SearchHistory history;
    private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
    /** Trials that are measured now, by generation; of a generation in between that is scored none. */
    private final NavigableMap<Integer, Integer> open = new TreeMap<>();
    /** Of the trials asked for last. */
    private int latest;
    private int reported = -1;

    /** @param failure null where there is a measurement */
    private record Answer(Trial trial, Measurement measurement, Throwable failure) {
    }

    private SearchLoop(Optimizer optimizer, Scorer scorer, int maxEvaluations, SearchListener listener) {
        this.optimizer = optimizer;
        this.scorer = scorer;
        this.maxEvaluations = maxEvaluations;
        this.listener = listener;
        history = new SearchHistory(optimizer.objectives());
    }

    /**
     * @param finalists      to be returned at most, at least 1
     * @param maxEvaluations what the optimizer may spend, for the listener
     * @throws RuntimeException what measuring a trial ended with
     */
    public static SearchResult run(Optimizer optimizer, Scorer scorer, int finalists, int maxEvaluations, SearchListener listener)
            throws InterruptedException {
        Require.atLeast(1, finalists, "search.finalists");
        return new SearchLoop(optimizer, scorer, maxEvaluations, listener).toItsEnd(finalists);
    }

    private SearchResult toItsEnd(int finalists) throws InterruptedException {
        while (true) {
            var trials = optimizer.ask(Integer.MAX_VALUE);
            if (!trials.isEmpty()) {
                latest = trials.get(0).generation();
                report(latest - 1);
                send(trials);
            } else if (open.isEmpty()) {
                report(latest);
                return history.result(finalists, optimizer.end());
            } else {
                take();
                report(latest - 1);
            }
        }
    }

    private void send(List<Trial> trials) {
        for (var trial : trials) {
            open.merge(trial.generation(), 1, Integer::sum);
            scorer.measure(trial).whenComplete((measurement, failure) -> answers.add(new Answer(trial, measurement, failure)));
        }
    }

    private void take() throws InterruptedException {
        var answer = await();
        if (answer.failure() != null) {
            throw cause(answer.failure());
        }
        open.computeIfPresent(answer.trial().generation(), (generation, count) -> count == 1 ? null : count - 1);
        optimizer.tell(answer.trial(), answer.measurement());
        var scored = new Scored(answer.trial(), answer.measurement());
        history.add(scored);
        listener.onScored(scored);
    }

    private Answer await() throws InterruptedException {
        for (int quietMinutes = 1; ; quietMinutes++) {
            var answer = answers.poll(1, TimeUnit.MINUTES);
            if (answer != null) {
                return answer;
            }
            listener.waiting(open.values().stream().mapToInt(Integer::intValue).sum(), Duration.ofMinutes(quietMinutes));
        }
    }

    /** Generations up to one that is asked for in full, as far as those before them are scored. Later ones may have scores already. */
    private void report(int generation) {
        while (reported < generation && !history.isEmpty() && (open.isEmpty() || open.firstKey() > reported + 1)) {
            reported++;
            listener.onGeneration(history.progress(reported, maxEvaluations));
        }
    }

    private static RuntimeException cause(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RuntimeException known ? known : new IllegalStateException("a trial could not be measured", cause);
    }
}
