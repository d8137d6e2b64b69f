package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.evaluator.training.TrainingSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Runs a trainer to its last step, saving its state on the way, and continuing from a saved one. An interrupted run ends
 * with the weights of an undisturbed one, to the bit.
 */
public final class ResumableRun {

    private ResumableRun() {
    }

    /** @param state the file the state is kept in; names the task, so that another task never continues from it */
    public static void complete(Trainer trainer, TrainingSettings settings, Path state, TrainingListener listener)
            throws IOException, InterruptedException {
        if (Files.exists(state)) {
            trainer.restore(state);
        }
        Files.createDirectories(state.toAbsolutePath().getParent());
        while (trainer.step() < settings.steps()) {
            trainer.advance(listener);
            if (trainer.step() % settings.checkpointEvery() == 0 && trainer.step() < settings.steps()) {
                SafetensorsWriter.write(state, DataType.F32, trainer.state());
            }
            if (Thread.interrupted()) {
                SafetensorsWriter.write(state, DataType.F32, trainer.state());
                throw new InterruptedException("training stopped after step " + trainer.step() + "; the next run continues there");
            }
        }
    }
}
