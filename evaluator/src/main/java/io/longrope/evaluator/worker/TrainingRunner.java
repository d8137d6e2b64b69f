package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.training.CommandFailed;
import io.longrope.evaluator.training.ExternalTask;
import io.longrope.evaluator.training.ExternalTrainer;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.FineTuner;
import io.longrope.evaluator.training.HeldOut;
import io.longrope.evaluator.training.TrainingAttempt;
import io.longrope.evaluator.training.TrainingDiverged;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.evaluator.training.TrainingStates;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.TaskFailed;
import io.longrope.search.work.TaskRunner;
import io.longrope.search.work.TextReference;
import io.longrope.search.work.TrainTask;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Trains, each attempt in a directory of its own below {@code train/} and the first 16 digits of the task's id in the runs root. It goes
 * on from the newest whole state that any attempt left there.
 */
final class TrainingRunner {

    private static final int ID_DIGITS = 16;

    private final Roots roots;
    private final SampleBook samples;
    private final ModelSession session;
    private final boolean allowCommands;
    private final TrainingLog log;

    TrainingRunner(Roots roots, SampleBook samples, ModelSession session, boolean allowCommands, TrainingLog log) {
        this.roots = roots;
        this.samples = samples;
        this.session = session;
        this.allowCommands = allowCommands;
        this.log = log;
    }

    /**
     * @throws BadInput   when this worker cannot do it, whoever asks
     * @throws TaskFailed when it broke on the way
     */
    TaskRunner.Done train(TrainTask task) throws IOException, InterruptedException {
        if (task.command().isPresent() && !allowCommands) {
            throw new BadInput("a training command", "must be allowed", "not allowed",
                    "--allow-commands lets a worker run commands of plans");
        }
        var start = roots.model(task.model().path());
        requireSame(task, start);
        var training = roots.forWriting(place(task));
        var finished = TrainingAttempt.finished(training);
        if (finished.isPresent()) {
            return done(finished.get(), 0);
        }
        try (var attempt = TrainingAttempt.begin(training)) {
            var progress = new Progress(task);
            log.begins(task.name());
            try {
                if (task.command().isPresent()) {
                    ExternalTrainer.train(external(task, start), attempt, line -> log.line(task.name(), line));
                } else {
                    FineTuner.fineTune(session, builtin(task, start, attempt.output()), samples.store(), task.threads(), states(attempt),
                            progress);
                }
                return done(attempt.output(), progress.tokens);
            } catch (TrainingDiverged e) {
                return new TaskRunner.Done(new Outcome.Diverged(e.getMessage()), progress.tokens);
            } catch (CommandFailed e) {
                throw new TaskFailed(e.getMessage(), e);
            } catch (BadInput e) {
                throw e;
            } catch (IOException | RuntimeException e) {
                if (OutOfMemory.isBehind(e)) {
                    throw e;
                }
                throw new TaskFailed(e.toString(), e);
            }
        }
    }

    /** Steps saved by attempts at it. */
    long progress(TrainTask task) {
        return roots.runs().map(root -> TrainingAttempt.savedSteps(root.directory().resolve(place(task)))).orElse(0);
    }

    private static String place(TrainTask task) {
        return "train/" + task.id().value().substring(0, ID_DIGITS);
    }

    private static TrainingStates states(TrainingAttempt attempt) {
        return TrainingStates.in(attempt.work(), attempt::othersWork);
    }

    private void requireSame(TrainTask task, Path start) {
        var checkpoint = Checkpoint.open(start);
        try (var tokenizer = checkpoint.tokenizer()) {
            if (!checkpoint.fingerprint().equals(task.model().fingerprint())) {
                throw new BadInput(start.toString(), "must be the checkpoint with fingerprint " + task.model().fingerprint(),
                        checkpoint.fingerprint(),
                        "give every worker the same checkpoint");
            }
            requireSame(task.text(), checkpoint);
            task.heldOut().ifPresent(heldOut -> requireSame(heldOut.text(), checkpoint));
        }
    }

    private void requireSame(TextReference text, Checkpoint checkpoint) {
        var file = roots.text(text.path());
        var found = samples.textFingerprint(checkpoint.tokenizer(), text.path());
        if (!found.equals(text.fingerprint())) {
            throw new BadInput(file.toString(), "must be the text with fingerprint " + text.fingerprint(), found,
                    "give every worker the same text");
        }
    }

    private FineTuneTask builtin(TrainTask task, Path start, Path output) {
        var heldOut = task.heldOut().map(held -> new HeldOut(roots.text(held.text().path()), held.samples(), held.every()));
        return new FineTuneTask(start, task.candidate(), task.sequences(), samples.corpus(task.text().path()), task.settings(),
                task.lora(), heldOut,
                OptionalInt.empty(), output, StartToken.of(task.model().startToken()));
    }

    private ExternalTask external(TrainTask task, Path start) {
        return new ExternalTask(task.name(), start, task.table(), task.sequences().length(), task.settings(), task.command().orElseThrow(),
                roots.text(task.text().path()), StartToken.of(task.model().startToken()));
    }

    private TaskRunner.Done done(Path model, long tokens) {
        return new TaskRunner.Done(new Outcome.Trained(roots.runsRoot().relativize(model), Checkpoint.open(model).fingerprint()), tokens);
    }

    /** Passes on how far a training is. */
    private final class Progress implements TrainingListener {

        private final TrainTask task;
        private long tokens;

        private Progress(TrainTask task) {
            this.task = task;
        }

        @Override
        public void onStep(int step, double loss, double gradientNorm, double learningRate, long stepTokens) {
            tokens += stepTokens;
            log.step(task.name(), step, task.settings().steps(), loss);
        }

        @Override
        public void onHeldOut(int step, double loss) {
            log.heldOut(task.name(), step, loss);
        }
    }
}
