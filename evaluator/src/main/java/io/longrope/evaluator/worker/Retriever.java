package io.longrope.evaluator.worker;

import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.RetrievalAccuracy;
import io.longrope.evaluator.metric.Subject;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.session.OpenModel;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.problem.Plural;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.GenerateTask;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.TaskRunner;

import java.util.ArrayList;
import java.util.Optional;

/** Has a model find numbers again that are hidden in long prompts. */
final class Retriever {

    private static final Attention ATTENTION = new Attention.Trained(QueryScaling.NONE);

    private final Roots roots;
    private final ModelSession session;

    Retriever(Roots roots, ModelSession session) {
        this.roots = roots;
        this.session = session;
    }

    TaskRunner.Done generate(GenerateTask task) throws InterruptedException {
        var use = new ModelUse.Generating(Math.min(task.length(), task.window().orElse(task.length())), ATTENTION);
        try (var open = session.open(roots.model(task.model().path()), Optional.of(task.model().fingerprint()), task.arithmetic(), use)) {
            var start = open.checkpoint().startToken(StartToken.of(task.model().startToken()));
            var counted = new Counted(open, task.candidate());
            var subject = task.window().isPresent() ? Crop.of(task.window().getAsInt(), start).of(counted) : counted;
            var metric = new RetrievalAccuracy(task.retrieval(), open.checkpoint().tokenizer(), start, task.length(), task.depth(),
                    task.retrieval().usualCount(), task.trials(), task.seed());
            var right = new ArrayList<Boolean>();
            for (int trial = 0; trial < task.trials(); trial++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("after " + trial + " of " + Plural.of(task.trials(), "prompt"));
                }
                right.addAll(metric.answers(subject, trial));
            }
            return new TaskRunner.Done(new Outcome.Answers(right), counted.tokens);
        }
    }

    /** Counts what goes through the model. */
    private static final class Counted implements Subject {

        private final OpenModel model;
        private final Candidate candidate;
        private long tokens;

        private Counted(OpenModel model, Candidate candidate) {
            this.model = model;
            this.candidate = candidate;
        }

        @Override
        public float[] of(int[] sequence) {
            tokens += sequence.length;
            return model.losses(sequence, candidate, ATTENTION);
        }

        @Override
        public int[] generate(int[] prompt, int count) {
            var added = model.generate(prompt, count, candidate, ATTENTION);
            tokens += prompt.length + added.length;
            return added;
        }
    }
}
