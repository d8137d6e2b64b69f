package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.checkpoint.internal.Directories;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.search.training.TrainingSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs a trainer to its last step and writes what came out, saving its state on the way and continuing from a saved one.
 * An interrupted run ends with the weights of an undisturbed one, to the bit.
 *
 * <p>The state lies beside the output, in {@code OUTPUT.training/}: a Hugging Face directory of the model so far, with
 * {@code training.safetensors} (float32: the step, master weights and moments) in it, and the log of losses beside it.
 */
public final class ResumableRun {

    /** The losses, a JSON object per line. */
    public static final String LOG = "training.jsonl";
    private static final String STATE = "training.safetensors";

    private final Path output;
    private final Path work;
    private final Path state;
    private final ModelConfig config;
    private final DataType type;
    private final Directories.Content tokenizer;

    /**
     * @param output    directory to write
     * @param task      names the task in the file system, so that another task never continues from its state
     * @param type      of the weights written
     * @param tokenizer what makes the model's directory complete
     */
    public ResumableRun(Path output, String task, ModelConfig config, DataType type, Directories.Content tokenizer) {
        this.output = output;
        this.work = output.resolveSibling(output.getFileName() + ".training");
        this.state = work.resolve(task);
        this.config = config;
        this.type = type;
        this.tokenizer = tokenizer;
    }

    /** Held-out text, and when its loss is measured. */
    public record Watch(List<Sequence> sequences, int every) {

        public static final Watch NOTHING = new Watch(List.of(), 1);

        boolean isDue(int step, int steps) {
            return !sequences.isEmpty() && (step % every == 0 || step == steps);
        }
    }

    /** @param last what else the output gets, written after all of its files */
    public void complete(Trainer trainer, TrainingSettings settings, Watch watch, TrainingListener listener, Directories.Content last)
            throws IOException, InterruptedException {
        Directories.settle(state);
        if (Files.exists(state)) {
            trainer.restore(state.resolve(STATE));
        }
        Files.createDirectories(work);
        var log = work.resolve(state.getFileName() + ".jsonl");
        try (var lines = new LossLog(log, trainer.step())) {
            var told = lines.and(listener);
            while (trainer.step() < settings.steps()) {
                trainer.advance(told);
                if (watch.isDue(trainer.step(), settings.steps())) {
                    told.onHeldOut(trainer.step(), trainer.loss(watch.sequences()));
                }
                if (trainer.step() % settings.checkpointEvery() == 0 && trainer.step() < settings.steps()) {
                    save(trainer);
                }
                if (Thread.interrupted()) {
                    save(trainer);
                    throw new InterruptedException("training stopped after step " + trainer.step() + "; the next run continues there");
                }
            }
        }
        CheckpointWriter.write(output, config, type, trainer.weights(), part -> {
            tokenizer.writeTo(part);
            Files.copy(log, part.resolve(LOG));
            last.writeTo(part);
        });
        Directories.delete(work);
    }

    private void save(Trainer trainer) throws IOException {
        CheckpointWriter.write(state, config, type, trainer.weights(), part -> {
            tokenizer.writeTo(part);
            SafetensorsWriter.write(part.resolve(STATE), DataType.F32, trainer.state());
        });
    }
}
