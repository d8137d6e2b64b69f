package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.KeyTokens;
import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.evaluator.metric.NeedlePerplexity;
import io.longrope.evaluator.metric.Perplexity;
import io.longrope.evaluator.metric.TokenLosses;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.work.KeyTokensTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.TaskRunner;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Measures a candidate's loss on one sample, or which of its tokens are key. */
final class CandidateScorer {

    private final Roots roots;
    private final SampleBook samples;
    private final ModelSession session;

    CandidateScorer(Roots roots, SampleBook samples, ModelSession session) {
        this.roots = roots;
        this.samples = samples;
        this.session = session;
    }

    TaskRunner.Done score(ScoreTask task) throws InterruptedException {
        var sample = task.sample();
        roots.text(sample.text());
        if (task.gradient()) {
            return slopes(task);
        }
        var use = new ModelUse.Scoring(Math.min(sample.length(), task.window().orElse(sample.length())), Attention.TRAINED);
        try (var open = session.open(roots.model(task.model().path()), Optional.of(task.model().fingerprint()), task.arithmetic(), use)) {
            var checkpoint = open.checkpoint();
            var start = checkpoint.startToken(StartToken.of(task.model().startToken()));
            var set = samples.open(checkpoint, start, sample);
            Optional<Crop> crop = task.window().isPresent() ? Optional.of(Crop.of(task.window().getAsInt(), start)) : Optional.empty();
            TokenLosses whole = tokens -> open.losses(tokens, task.candidate(), Attention.TRAINED);
            TokenLosses model = crop.isPresent() ? tokens -> crop.get().losses(whole, tokens) : whole;
            int index = sample.index();
            var outcome = switch (task.objective()) {
                case PERPLEXITY -> byPosition(task, model.of(set.sample(index)));
                case NEEDLE -> outcome(index, new NeedlePerplexity(set, checkpoint.tokenizer(), start, NeedlePerplexity.spread(index))
                        .meanLoss(model, index));
                case LONGPPL -> outcome(index, KeyTokens.meanLoss(List.of(model.of(set.sample(index))),
                        List.of(task.keys().stream().mapToInt(Integer::intValue).toArray())));
            };
            return new TaskRunner.Done(outcome, crop.map(read -> read.read(sample.length())).orElse((long) sample.length()));
        }
    }

    private TaskRunner.Done slopes(ScoreTask task) throws InterruptedException {
        var sample = task.sample();
        try (var open = session.open(roots.model(task.model().path()), Optional.of(task.model().fingerprint()), task.arithmetic(),
                new ModelUse.Differentiating(sample.length()))) {
            var start = open.checkpoint().startToken(StartToken.of(task.model().startToken()));
            var found = open.slopes(samples.open(open.checkpoint(), start, sample).sample(sample.index()), task.candidate());
            var outcome = found.slopes().stream().allMatch(Double::isFinite)
                    ? outcome(sample.index(), found.loss(), () -> new Outcome.Loss(found.loss(), List.of(), found.slopes()))
                    : new Outcome.Diverged("the gradient of sample " + sample.index() + " is " + found.slopes());
            return new TaskRunner.Done(outcome, (long) ScoreTask.GRADIENT_PASSES * sample.length());
        }
    }

    TaskRunner.Done keyTokens(KeyTokensTask task) throws InterruptedException {
        var sample = task.sample();
        roots.text(sample.text());
        var cutter = Checkpoint.open(roots.model(task.reader().path()));
        var evaluator = Checkpoint.open(roots.model(task.model().path()));
        try (var cutting = cutter.tokenizer(); var reading = evaluator.tokenizer()) {
            var start = cutter.startToken(StartToken.of(task.reader().startToken()));
            var tokens = samples.open(cutter, start, sample).sample(sample.index());
            var text = KeyTokens.text(tokens, new KeyTokens.Reader(cutting.coding(), cutting.fingerprint(), start),
                    new KeyTokens.Reader(reading.coding(), reading.fingerprint(),
                            evaluator.startToken(StartToken.of(task.model().startToken()))));
            var use = new ModelUse.Scoring(text.tokens().length, Attention.TRAINED);
            try (var open = session.open(evaluator.path(), Optional.of(task.model().fingerprint()), task.arithmetic(), use)) {
                var keys = text.keys(ids -> open.losses(ids, task.candidate(), Attention.TRAINED), task.context());
                return new TaskRunner.Done(new Outcome.KeyTokens(Arrays.stream(keys).boxed().toList()),
                        KeyTokens.read(text.tokens().length, task.context()));
            }
        }
    }

    private static Outcome byPosition(ScoreTask task, float[] losses) {
        double loss = Perplexity.meanLoss(losses);
        return outcome(task.sample().index(), loss,
                () -> new Outcome.Loss(loss, LossByPosition.means(losses, LossByPosition.binsTo(task.borders()))));
    }

    private static Outcome outcome(int index, double loss) {
        return outcome(index, loss, () -> new Outcome.Loss(loss));
    }

    private static Outcome outcome(int index, double loss, Supplier<Outcome> finite) {
        return Double.isFinite(loss) ? finite.get() : new Outcome.Diverged("the loss of sample " + index + " is " + loss);
    }
}
