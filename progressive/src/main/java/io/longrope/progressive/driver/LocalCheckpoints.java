package io.longrope.progressive.driver;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.training.ExternalTask;
import io.longrope.evaluator.training.ExternalTrainer;
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
import java.util.function.Consumer;

/**
 * Checkpoints in a run directory, trained in this process. Workers find them below the directory that holds the run
 * directory, so that directory must be one of their model roots.
 */
final class LocalCheckpoints implements Checkpoints {

    private final Path runDirectory;
    private final Path trainingText;
    private final Path evaluationText;

    /** @param trainingText null when no stage trains */
    LocalCheckpoints(Path runDirectory, Path trainingText, Path evaluationText) {
        this.runDirectory = runDirectory;
        this.trainingText = trainingText;
        this.evaluationText = evaluationText;
    }

    @Override
    public Path directory(String name) {
        return runDirectory.resolve("checkpoints").resolve(name);
    }

    @Override
    public Path trainingText() {
        return trainingText;
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
            FineTuner.fineTune(session, task, 1, listener);
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
