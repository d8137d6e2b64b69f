package io.longrope.progressive.stage;

import io.longrope.evaluator.training.ExternalTask;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.training.FineTuneTask;
import io.longrope.evaluator.training.TrainingListener;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Where a job's fine-tuned checkpoints are and how they come to be. */
public interface Checkpoints {

    /** Where a checkpoint of that name goes. */
    Path directory(String name);

    /** The training text of the job. */
    Corpus trainingText();

    /** Of its content: a text that was changed is another. */
    String trainingFingerprint();

    /** The evaluation text of the job. */
    Path evaluationText();

    /** Opens a checkpoint that is there, complete. */
    StageModel open(Path directory);

    /** Trains; interrupted, the same task goes on where it stopped. */
    void fineTune(FineTuneTask task, TrainingListener listener) throws IOException, InterruptedException;

    /**
     * Has a program train; called again after whatever stopped it, the program finds its output as it left it.
     *
     * @param output directory that appears when what it wrote has been checked
     * @param log    is given every line the program prints
     * @throws io.longrope.evaluator.training.CommandFailed when it fails, takes too long, or leaves no checkpoint that fits
     */
    void fineTune(ExternalTask task, Path output, Consumer<String> log) throws IOException, InterruptedException;
}
