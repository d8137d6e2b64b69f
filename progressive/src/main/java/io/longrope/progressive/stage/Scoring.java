package io.longrope.progressive.stage;

import io.longrope.search.work.Evaluation;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.Score;
import io.longrope.search.problem.BadInput;
import io.longrope.search.space.Candidate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks for scores, many at once, and waits for them: the only way a job reaches its workers. */
public final class Scoring {

    private final Evaluations evaluations;
    private final Samples samples;
    private final Precision precision;
    private final ScoreListener listener;
    private final Objective objective;

    /** Told of each score as it comes, on any thread. */
    @FunctionalInterface
    public interface ScoreListener {

        /** @param known true when it was in the journal already */
        void scored(Score score, boolean known);

        /** No score came for a while; on the thread that waits. */
        default void waiting(int open, Duration since) {
        }
    }


    /** By perplexity. */
    public Scoring(Evaluations evaluations, Samples samples, Precision precision, ScoreListener listener) {
        this(evaluations, samples, precision, listener, Objective.PERPLEXITY);
    }

    private Scoring(Evaluations evaluations, Samples samples, Precision precision, ScoreListener listener, Objective objective) {
        this.evaluations = evaluations;
        this.samples = samples;
        this.precision = precision;
        this.listener = listener;
        this.objective = objective;
    }

    /** The same way, with candidates compared by an objective. */
    public Scoring by(Objective objective) {
        return new Scoring(evaluations, samples, precision, listener, objective);
    }

    /** The samples of the job. */
    public SampleReference samples(SampleShare share, int count, int length) {
        return samples(share, count, length, 0);
    }

    /** @param draw as in {@link Samples#cut} */
    public SampleReference samples(SampleShare share, int count, int length, int draw) {
        return samples.cut(share, count, length, draw);
    }

    /**
     * Scores in the order of the candidates.
     *
     * @throws BadInput when no worker could measure any of them
     */
    public List<Score> scores(StageModel model, SampleReference samples, List<Candidate> candidates) throws InterruptedException {
        return await(samples, candidates.stream().map(candidate -> ask(model, samples, candidate)).toList());
    }

    /**
     * Every candidate on every sample set, asked for at once so that workers are not kept waiting between sets.
     *
     * @return by sample set, then in the order of the candidates
     * @throws BadInput when no worker could measure any candidate on one of the sets
     */
    public List<List<Score>> scores(StageModel model, List<SampleReference> sets, List<Candidate> candidates) throws InterruptedException {
        var asked = sets.stream().map(set -> candidates.stream().map(candidate -> ask(model, set, candidate)).toList()).toList();
        var scores = new ArrayList<List<Score>>();
        for (int i = 0; i < sets.size(); i++) {
            scores.add(await(sets.get(i), asked.get(i)));
        }
        return scores;
    }

    private List<Score> await(SampleReference samples, List<CompletableFuture<Score>> asked) throws InterruptedException {
        var scores = new ArrayList<Score>();
        for (var answer : asked) {
            scores.add(await(answer, asked));
        }
        requireAnyMeasured(samples, scores);
        return scores;
    }

    /** @throws BadInput when no worker could measure any of the candidates */
    static void requireAnyMeasured(SampleReference samples, List<Score> scores) {
        if (!scores.isEmpty() && scores.stream().allMatch(score -> score.outcome() == Score.Outcome.GIVEN_UP)) {
            throw new BadInput("evaluations at length " + samples.length(), "must be measurable by the workers",
                    "given up: " + scores.get(0).reason(), "");
        }
    }

    void waiting(int open, Duration since) {
        listener.waiting(open, since);
    }

    public Score score(StageModel model, SampleReference samples, Candidate candidate) throws InterruptedException {
        return scores(model, samples, List.of(candidate)).get(0);
    }

    /** Asks for one score without waiting. */
    public CompletableFuture<Score> ask(StageModel model, SampleReference samples, Candidate candidate) {
        return ask(model, samples, candidate, List.of());
    }

    /** As {@link #ask}, but the evaluation ends at the loss bound it exceeds. */
    CompletableFuture<Score> ask(StageModel model, SampleReference samples, Candidate candidate, List<Double> lossBounds) {
        var answer = evaluations.submit(new Evaluation(model.reference(), samples, objective, candidate, precision, lossBounds));
        boolean known = answer.isDone();
        return answer.thenApply(score -> {
            listener.scored(score, known);
            return score;
        });
    }

    private Score await(CompletableFuture<Score> answer, List<CompletableFuture<Score>> all) throws InterruptedException {
        long open = open(all);
        int quietMinutes = 0;
        while (true) {
            try {
                return answer.get(1, TimeUnit.MINUTES);
            } catch (TimeoutException e) {
                quietMinutes = open(all) < open ? 0 : quietMinutes + 1;
                open = open(all);
                if (quietMinutes > 0) {
                    listener.waiting((int) open, Duration.ofMinutes(quietMinutes));
                }
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }
    }

    private static long open(List<CompletableFuture<Score>> answers) {
        return answers.stream().filter(answer -> !answer.isDone()).count();
    }

    private static RuntimeException failure(ExecutionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause
                : new IllegalStateException("scores could not be fetched", e.getCause());
    }
}
