package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.time.Duration;
import java.util.List;
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
        int open = 0;
        while (true) {
            var trials = optimizer.ask(Integer.MAX_VALUE);
            if (open == 0 && !history.isEmpty() && (trials.isEmpty() || trials.get(0).generation() > history.generation())) {
                report();
            }
            if (open == 0 && trials.isEmpty()) {
                return history.result(finalists, optimizer.end());
            }
            send(trials);
            open += trials.size();
            take(open);
            open--;
        }
    }

    private void send(List<Trial> trials) {
        for (var trial : trials) {
            scorer.measure(trial).whenComplete((measurement, failure) -> answers.add(new Answer(trial, measurement, failure)));
        }
    }

    private void take(int open) throws InterruptedException {
        var answer = await(open);
        if (answer.failure() != null) {
            throw cause(answer.failure());
        }
        optimizer.tell(answer.trial(), answer.measurement());
        history.add(new Scored(answer.trial(), answer.measurement()));
    }

    private Answer await(int open) throws InterruptedException {
        for (int quietMinutes = 1; ; quietMinutes++) {
            var answer = answers.poll(1, TimeUnit.MINUTES);
            if (answer != null) {
                return answer;
            }
            listener.waiting(open, Duration.ofMinutes(quietMinutes));
        }
    }

    private void report() {
        if (history.generation() > reported) {
            reported = history.generation();
            listener.onGeneration(history.progress(maxEvaluations));
        }
    }

    private static RuntimeException cause(Throwable failure) {
        var cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RuntimeException known ? known : new IllegalStateException("a trial could not be measured", cause);
    }
}
