package io.longrope.progressive.stage;

import io.longrope.progressive.plan.GivenUp;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Result;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskGivenUp;
import io.longrope.search.work.Tasks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Has candidates scored, many at once and each sample a task of its own, and waits for the results. */
public final class Scoring {

    private final Tasks tasks;
    private final Samples samples;
    private final Arithmetic arithmetic;
    private final ScoreListener listener;
    private final GivenUp givenUp;
    private final Objective objective;
    /** What crop sees of longer samples; empty = all samples are read whole. */
    private final OptionalInt window;
    /** Of a length the borders of the bins in which losses are told by position; none = the means of samples alone. */
    private final IntFunction<List<Integer>> borders;
    /** Of LongPPL which tokens count; empty = all that the objective counts. */
    private final Optional<KeyTokenBook> keys;
    /** Whether the derivatives by the factors are asked for too. */
    private final boolean slopes;

    /** Told of what comes, on any thread. */
    public interface ScoreListener extends Answers.Patience {

        /** Nobody listens. */
        ScoreListener NONE = new ScoreListener() { };

        /** @param known true when it was in the journal already */
        default void measured(Result result, boolean known) {
        }

        /** @param known true when all its results were */
        default void evaluated(boolean known) {
        }

        /** This run gave a task up. */
        default void givenUp(TaskGivenUp reason) {
        }

        @Override
        default void waiting(int open, Duration since) {
        }
    }

    /**
     * By perplexity.
     *
     * @param givenUp what follows when a task is given up
     */
    public Scoring(Tasks tasks, Samples samples, Arithmetic arithmetic, GivenUp givenUp, ScoreListener listener) {
        this(tasks, samples, arithmetic, givenUp, listener, Objective.PERPLEXITY, OptionalInt.empty(), length -> List.of(),
                Optional.empty(), false);
    }

    private Scoring(Tasks tasks, Samples samples, Arithmetic arithmetic, GivenUp givenUp, ScoreListener listener, Objective objective,
                    OptionalInt window, IntFunction<List<Integer>> borders, Optional<KeyTokenBook> keys, boolean slopes) {
        this.tasks = tasks;
        this.samples = samples;
        this.arithmetic = arithmetic;
        this.givenUp = givenUp;
        this.listener = listener;
        this.objective = objective;
        this.window = window;
        this.borders = borders;
        this.keys = keys;
        this.slopes = slopes;
    }

    /** The same way, with candidates compared by an objective that needs nothing else than their losses. */
    public Scoring by(Objective objective) {
        return new Scoring(tasks, samples, arithmetic, givenUp, listener, objective, window, borders, Optional.empty(), slopes);
    }

    /** The same way, with candidates compared by LongPPL: by the tokens that an evaluator finds key in the samples handed out here. */
    Scoring byKeyTokens(KeyTokenBook.Evaluator evaluator) {
        return new Scoring(tasks, samples, arithmetic, givenUp, listener, Objective.LONGPPL, window, borders,
                Optional.of(new KeyTokenBook(tasks, listener, arithmetic, evaluator)), slopes);
    }

    /** The same way, with models that see no more than a window of so many tokens, the last ones before each token. */
    public Scoring cropped(int window) {
        return new Scoring(tasks, samples, arithmetic, givenUp, listener, objective, OptionalInt.of(window), borders, keys, slopes);
    }

    /**
     * The same way, with losses told by position too.
     *
     * @param borders where bins end in a sample of a length, as {@link ScoreTask#borders} has them
     */
    public Scoring byPosition(IntFunction<List<Integer>> borders) {
        return new Scoring(tasks, samples, arithmetic, givenUp, listener, objective, window, borders, keys, slopes);
    }

    /** The same way, with the derivatives of losses by the factors, which perplexity alone has. */
    Scoring withSlopes() {
        return new Scoring(tasks, samples, arithmetic, givenUp, listener, objective, window, borders, keys, true);
    }

    /** Those candidates that may be judged: all but the one whose losses say which tokens count. */
    Map<String, Candidate> judged(StageModel model, Map<String, Candidate> candidates) {
        var judged = new LinkedHashMap<>(candidates);
        judged.values().removeIf(candidate -> isEvaluator(model, candidate));
        return judged;
    }

    private boolean isEvaluator(StageModel model, Candidate candidate) {
        return keys.filter(book -> book.evaluator().is(model, candidate)).isPresent();
    }

    /** The samples of the job. */
    public List<Sample> samples(SampleShare share, int count, int length) {
        return samples(share, count, length, 0);
    }

    /** @param draw as in {@link Samples#cut} */
    public List<Sample> samples(SampleShare share, int count, int length, int draw) {
        var cut = samples.cut(share, count, length, draw);
        keys.ifPresent(book -> book.find(cut));
        return cut;
    }

    /**
     * Evaluates candidates, in their order.
     *
     * @throws TaskGivenUp when a task was given up and does not count as the worst
     */
    public List<Evaluation> evaluate(StageModel model, List<Sample> samples, List<Candidate> candidates) throws InterruptedException {
        return Answers.await(candidates.stream().map(candidate -> ask(model, samples, candidate)).toList(), listener);
    }

    /**
     * Every candidate on every sample set, asked for at once so that workers are not kept waiting between sets.
     *
     * @return by sample set, then in the order of the candidates
     * @throws TaskGivenUp when a task was given up and does not count as the worst
     */
    public List<List<Evaluation>> evaluateOn(List<List<Sample>> sets, StageModel model, List<Candidate> candidates)
            throws InterruptedException {
        var asked = sets.stream().map(set -> candidates.stream().map(candidate -> ask(model, set, candidate)).toList()).toList();
        var evaluations = new ArrayList<List<Evaluation>>();
        for (var set : asked) {
            evaluations.add(Answers.await(set, listener));
        }
        return evaluations;
    }

    /** Asks for one evaluation without waiting. */
    public CompletableFuture<Evaluation> ask(StageModel model, List<Sample> samples, Candidate candidate) {
        return ask(model, samples, candidate, listener::evaluated);
    }

    /** As {@link #ask}, for further samples of an evaluation that was told of. */
    CompletableFuture<Evaluation> askPart(StageModel model, List<Sample> samples, Candidate candidate) {
        return ask(model, samples, candidate, known -> { });
    }

    Answers.Patience patience() {
        return listener;
    }

    /** @param told whether all results were known */
    private CompletableFuture<Evaluation> ask(StageModel model, List<Sample> samples, Candidate candidate, Consumer<Boolean> told) {
        if (isEvaluator(model, candidate)) {
            told.accept(true);
            return CompletableFuture.completedFuture(new Evaluation(List.of(), List.of(), "what finds the key tokens is not judged by them",
                    0));
        }
        var answers = tasks.submit(samples.stream().filter(this::counts).map(sample -> task(model, sample, candidate)).toList());
        boolean known = answers.stream().allMatch(CompletableFuture::isDone);
        var heard = answers.stream().map(this::heard).toList();
        return CompletableFuture.allOf(heard.toArray(CompletableFuture[]::new)).thenApply(all -> {
            told.accept(known);
            return evaluation(weighted(samples, heard.stream().map(CompletableFuture::join).iterator()));
        });
    }

    /** A sample without a key token has nothing to be asked for. */
    private boolean counts(Sample sample) {
        return keys.isEmpty() || !keys.get().of(sample).positions().isEmpty();
    }

    /** @param heard of the samples that count, in their order */
    private List<Heard> weighted(List<Sample> samples, Iterator<Heard> heard) {
        if (keys.isEmpty()) {
            return samples.stream().map(sample -> heard.next()).toList();
        }
        return samples.stream().map(sample -> counts(sample) ? heard.next().weighted(keys.get().of(sample).weight())
                : new Heard(new Outcome.Loss(0), 0)).toList();
    }

    private Task task(StageModel model, Sample sample, Candidate candidate) {
        // a sample that the window holds is read whole: the same task whether cropped or not
        boolean isSeenWhole = window.isEmpty() || sample.length() <= window.getAsInt();
        return new ScoreTask(model.reference(), sample, objective, candidate, isSeenWhole ? OptionalInt.empty() : window,
                borders.apply(sample.length()), keys.map(book -> book.of(sample).positions()).orElse(List.of()), slopes, arithmetic);
    }

    /** One sample of an evaluation. What was given up counts as what diverged does. */
    private record Heard(Outcome.Scored score, long tokens) {

        private Heard weighted(double weight) {
            return score.reason().isEmpty() ? new Heard(new Outcome.Loss(score.nats() * weight), tokens) : this;
        }
    }

    private CompletableFuture<Heard> heard(CompletableFuture<Result> answer) {
        boolean known = answer.isDone();
        return answer.handle((result, failure) -> {
            if (failure == null) {
                listener.measured(result, known);
                return new Heard(result.outcome(Outcome.Scored.class), result.tokens());
            }
            var cause = Answers.failure(failure);
            if (cause instanceof TaskGivenUp reason) {
                listener.givenUp(reason);
                if (givenUp == GivenUp.WORST) {
                    return new Heard(new Outcome.Diverged(reason.getMessage()), 0);
                }
            }
            throw cause;
        });
    }

    private Evaluation evaluation(List<Heard> heard) {
        var samples = heard.stream().map(Heard::score).toList();
        var finite = samples.stream().takeWhile(sample -> sample.reason().isEmpty()).toList();
        var reason = samples.stream().map(Outcome.Scored::reason).filter(text -> !text.isEmpty()).findFirst().orElse("");
        return new Evaluation(finite.stream().map(Outcome.Scored::nats).toList(), finite.stream().map(Outcome.Scored::byPosition).toList(),
                slopes ? finite.stream().map(Outcome.Scored::slopes).toList() : List.of(), reason,
                heard.stream().mapToLong(Heard::tokens).sum());
    }
}
