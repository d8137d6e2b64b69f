package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.training.ExternalTask;
import io.longrope.evaluator.training.ExternalTrainer;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.TokenStore;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.FineTuner;
import io.longrope.evaluator.training.TrainingAttempt;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.progressive.stage.Checkpoints;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.work.ModelReference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Checkpoints in a run directory, trained in this process. Workers find them below the directory that holds the run
 * directory, so that directory must be one of their model roots.
 */
final class LocalCheckpoints implements Checkpoints {

    private final Path runDirectory;
    private final TokenStore store;
    private final Optional<Corpus> trainingText;
    private final Path evaluationText;

    /** @param trainingText empty when no stage trains */
    LocalCheckpoints(Path runDirectory, TokenStore store, Optional<Corpus> trainingText, Path evaluationText) {
        this.runDirectory = runDirectory;
        this.store = store;
        this.trainingText = trainingText;
        this.evaluationText = evaluationText;
    }

    @Override
    public Path directory(String name) {
        return runDirectory.resolve("checkpoints").resolve(name);
    }

    @Override
    public Corpus trainingText() {
        return trainingText.orElseThrow(() -> new IllegalStateException("a plan whose stages train names a text"));
    }

    @Override
    public String trainingFingerprint() {
        return store.fingerprint(trainingText());
    }

    @Override
    public Path evaluationText() {
        return evaluationText;
    }

    @Override
    public StageModel open(Path directory) {
        var root = runDirectory.toAbsolutePath().getParent();
        var path = root.relativize(directory.toAbsolutePath()).toString().replace('\\', '/');
        return new StageModel(new ModelReference(path, Checkpoint.open(directory).fingerprint()), directory);
    }

    @Override
    public void fineTune(FineTuneTask task, TrainingListener listener) throws IOException, InterruptedException {
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL)) {
            FineTuner.fineTune(session, task, store, 1, listener);
        }
    }

    @Override
    public void fineTune(ExternalTask task, Path output, Consumer<String> log) throws IOException, InterruptedException {
        var attempts = Files.createDirectories(output.resolveSibling(output.getFileName() + ".training"));
        try (var attempt = TrainingAttempt.begin(attempts)) {
            ExternalTrainer.train(task, attempt, log);
            Files.move(attempt.output(), output);
        }
    }
}
