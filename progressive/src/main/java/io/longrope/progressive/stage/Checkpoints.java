package io.longrope.progressive.stage;

import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.TrainingListener;

import java.io.IOException;
import java.nio.file.Path;

/** Where a job's fine-tuned checkpoints are and how they come to be. */
public interface Checkpoints {

    /** Where a checkpoint of that name goes. */
    Path directory(String name);

    /** The training text of the job. */
    Path trainingText();

    /** The evaluation text of the job. */
    Path evaluationText();

    /** Opens a checkpoint that is there, complete. */
    StageModel open(Path directory);

    /** Trains; interrupted, the same task goes on where it stopped. */
    void fineTune(FineTuneTask task, TrainingListener listener) throws IOException, InterruptedException;
}
