package io.longrope.evaluator.worker;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.metric.NeedlePerplexity;
import io.longrope.evaluator.metric.Perplexity;
import io.longrope.evaluator.metric.TokenLosses;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.OpenModel;
import io.longrope.evaluator.text.Root;
import io.longrope.evaluator.text.SampleSets;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Evaluation;
import io.longrope.search.work.Evaluator;
import io.longrope.search.work.Score;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Measures evaluations on checkpoints and texts below given roots. An interrupt ends an evaluation between two layers of the model. */
public final class CheckpointEvaluator implements Evaluator {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointEvaluator.class);

    private final String worker;
    private final ModelRoots models;
    private final SampleSets samples;
    private final ModelSession session;
    private final int threads;
    private final InstantSource clock;

    /**
     * @param worker  the name its scores carry
     * @param models  roots of checkpoints, looked through in order, at least one: base models may be in one place, what
     *                jobs have fine-tuned in another
     * @param samples may be shared by several evaluators
     * @param session holds the models; may be shared by several evaluators, and is not closed with any
     * @param threads CPU threads inside one operation
     */
    public CheckpointEvaluator(String worker, List<Root> models, SampleSets samples, ModelSession session, int threads,
            InstantSource clock) {
        this.worker = worker;
        this.models = new ModelRoots(models);
        this.samples = samples;
        this.session = session;
        this.threads = threads;
        this.clock = clock;
    }

    @Override
    public Score evaluate(Evaluation evaluation) throws InterruptedException {
        try {
            return measured(evaluation);
        } catch (CancellationException e) {
            Thread.interrupted();
            throw new InterruptedException(e.getMessage());
        }
    }

    private Score measured(Evaluation evaluation) throws InterruptedException {
        var start = clock.instant();
        var directory = models.directory(evaluation.model());
        var arithmetic = new Arithmetic(evaluation.precision(), DecoderOptions.DEFAULT_CHUNK, threads);
        var use = new ModelUse.Scoring(evaluation.samples().length(), Attention.TRAINED);
        try (var open = session.open(directory, Optional.of(evaluation.model().fingerprint()), arithmetic, use)) {
            return measured(evaluation, open, start);
        }
    }

    private Score measured(Evaluation evaluation, OpenModel open, Instant start) throws InterruptedException {
        var checkpoint = open.checkpoint();
        var set = samples.open(checkpoint.tokenizer(), checkpoint.startToken(), evaluation.samples());
        TokenLosses model = tokens -> open.losses(tokens, evaluation.candidate(), Attention.TRAINED);
        var losses = new ArrayList<Double>();
        for (int i = 0; i < set.count(); i++) {
            if (Thread.interrupted()) {
                throw new InterruptedException("after " + i + " of " + set.count() + " samples");
            }
            double loss = switch (evaluation.objective()) {
                case PERPLEXITY -> Perplexity.meanLoss(model, set.sample(i));
                case NEEDLE -> new NeedlePerplexity(set, checkpoint.tokenizer(), checkpoint.startToken(), NeedlePerplexity.spread(i))
                        .meanLoss(model, i);
            };
            if (!Double.isFinite(loss)) {
                return score(evaluation, Score.Outcome.DIVERGED, losses, i + 1, "the loss of sample " + i + " is " + loss, start);
            }
            losses.add(loss);
            if (i + 1 < set.count() && exceedsBound(evaluation.lossBounds(), losses)) {
                return score(evaluation, Score.Outcome.STOPPED, losses, i + 1,
                        "mean loss above " + evaluation.lossBounds().get(i) + " after " + (i + 1) + " samples", start);
            }
        }
        return score(evaluation, Score.Outcome.COMPLETE, losses, set.count(), "", start);
    }

    private static boolean exceedsBound(List<Double> bounds, List<Double> losses) {
        if (losses.size() > bounds.size()) {
            return false;
        }
        double mean = losses.stream().mapToDouble(Double::doubleValue).sum() / losses.size();
        return mean > bounds.get(losses.size() - 1);
    }

    private Score score(Evaluation evaluation, Score.Outcome outcome, List<Double> losses, int measured, String reason, Instant start) {
        double seconds = Duration.between(start, clock.instant()).toNanos() / 1e9;
        var score = new Score(evaluation.id(), outcome, losses, (long) measured * evaluation.samples().length(), reason, worker, seconds);
        if (LOG.isDebugEnabled()) {
            LOG.debug("{}", line(evaluation, score));
        }
        return score;
    }

    private static String line(Evaluation evaluation, Score score) {
        var result = score.outcome() == Score.Outcome.COMPLETE
                ? String.format(Locale.ROOT, "%s %.4f", evaluation.objective().quantity(), score.perplexity())
                : score.outcome().name().toLowerCase(Locale.ROOT) + ", " + score.reason();
        return String.format(Locale.ROOT, "%s: evaluation %s: %s; %,d tokens in %.2f s", score.worker(), evaluation.id().brief(),
                result, score.tokens(), score.seconds());
    }
}
