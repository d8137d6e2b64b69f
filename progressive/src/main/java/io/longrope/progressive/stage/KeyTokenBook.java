package io.longrope.progressive.stage;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Sample;
import io.longrope.search.work.ShortContext;
import io.longrope.search.work.Task;
import io.longrope.search.work.Tasks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The key tokens of the samples of one search (LongPPL), found by tasks, each sample once. All key tokens of a set of samples weigh the
 * same, so the loss of a sample is weighted by its share of them: the mean over samples is then that over tokens.
 */
final class KeyTokenBook {

    /** With fewer, chance decides. */
    static final int FEWEST = 200;

    private final Tasks tasks;
    private final Answers.Patience patience;
    private final Arithmetic arithmetic;
    private final Evaluator evaluator;
    private final Map<Sample, Counted> known = new ConcurrentHashMap<>();

    /**
     * What finds them.
     *
     * @param model     whose losses
     * @param candidate what it is run with
     * @param reader    whose tokenizer samples are cut with
     * @param context   the short context
     */
    record Evaluator(ModelReference model, Candidate candidate, ModelReference reader, ShortContext context) {

        /** Its own losses would choose the tokens in its favour. */
        boolean is(StageModel judged, Candidate tried) {
            return judged.reference().equals(model) && tried.equals(candidate);
        }
    }

    /**
     * The tokens of a sample that count.
     *
     * @param positions ascending; empty when it has none
     * @param weight    of their mean loss in the mean over samples
     */
    record Counted(List<Integer> positions, double weight) {
    }

    KeyTokenBook(Tasks tasks, Answers.Patience patience, Arithmetic arithmetic, Evaluator evaluator) {
        this.tasks = tasks;
        this.patience = patience;
        this.arithmetic = arithmetic;
        this.evaluator = evaluator;
    }

    Evaluator evaluator() {
        return evaluator;
    }

    /**
     * Finds those of a set of samples.
     *
     * @throws BadInput              when there are fewer than {@link #FEWEST}
     * @throws CancellationException when the thread is interrupted
     */
    void find(List<Sample> samples) {
        if (known.keySet().containsAll(samples)) {
            return;
        }
        var found = ask(samples);
        int total = found.stream().mapToInt(List::size).sum();
        if (total < FEWEST) {
            var first = samples.get(0);
            throw new BadInput("objective longppl", "must find at least " + FEWEST + " key tokens in the "
                    + Plural.of(samples.size(), "sample") + " of "
                    + Plural.of(first.length(), "token") + " of the " + first.share().name().toLowerCase(Locale.ROOT) + " share, with "
                    + evaluator.context(), total,
                    "ask for more samples, name an evaluator that looks farther back, or search by perplexity");
        }
        for (int i = 0; i < samples.size(); i++) {
            var positions = found.get(i);
            known.put(samples.get(i), new Counted(positions, (double) positions.size() * samples.size() / total));
        }
    }

    /** Of a sample whose set was looked at. */
    Counted of(Sample sample) {
        return known.get(sample);
    }

    private List<List<Integer>> ask(List<Sample> samples) {
        var questions = samples.stream().map(sample -> (Task) new KeyTokensTask(evaluator.model(), evaluator.reader(), sample,
                evaluator.candidate(), evaluator.context(), arithmetic)).toList();
        try {
            return Answers.await(tasks.submit(questions), patience).stream()
                    .map(result -> result.outcome(Outcome.KeyTokens.class).positions()).toList();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while key tokens were looked for");
        }
    }
}
