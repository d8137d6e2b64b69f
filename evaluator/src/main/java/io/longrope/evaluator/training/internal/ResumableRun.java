package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.training.TrainingListener;
import io.longrope.evaluator.training.TrainingStates;
import io.longrope.search.problem.BadInput;
import io.longrope.search.training.TrainingSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs a trainer to its last step and writes what came out, saving its state on the way and continuing from a saved one.
 * An interrupted run ends with the weights of an undisturbed one, to the bit.
 *
 * <p>A state is a Hugging Face directory of the model so far, with {@code training.safetensors} (float32: the step, master weights
 * and moments) and the log of losses in it.
 */
public final class ResumableRun {

    /** The losses, a JSON object per line. */
    public static final String LOG = "training.jsonl";
    private static final String STATE = "training.safetensors";

    private static final Logger LOGGER = LoggerFactory.getLogger(ResumableRun.class);

    private final Path output;
    private final TrainingStates states;
    private final ModelConfig config;
    private final DataType type;
    private final Directories.Content tokenizer;

    /**
     * @param output    directory to write
     * @param states    of this training alone
     * @param type      of the weights written
     * @param tokenizer what makes the model's directory complete
     */
    public ResumableRun(Path output, TrainingStates states, ModelConfig config, DataType type, Directories.Content tokenizer) {
        this.output = output;
        this.states = states;
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

    /**
     * @param last what else the output gets, written after all of its files
     * @throws InterruptedException when the thread was interrupted; the state is saved
     */
    public void complete(Trainer trainer, TrainingSettings settings, Watch watch, TrainingListener listener, Directories.Content last)
            throws IOException, InterruptedException {
        Files.createDirectories(states.directory());
        var log = states.directory().resolve(LOG);
        restore(trainer, log);
        try (var lines = new LossLog(log, trainer.step())) {
            var told = lines.and(listener);
            while (trainer.step() < settings.steps()) {
                trainer.advance(told);
                if (watch.isDue(trainer.step(), settings.steps())) {
                    told.onHeldOut(trainer.step(), trainer.loss(watch.sequences()));
                }
                boolean interrupted = Thread.interrupted();
                if (trainer.step() < settings.steps() && (interrupted || trainer.step() % settings.checkpointEvery() == 0)) {
                    save(trainer, log);
                }
                if (interrupted) {
                    throw new InterruptedException("training stopped after step " + trainer.step() + "; the next run continues there");
                }
            }
        }
        CheckpointWriter.write(output, config, type, trainer.weights(), part -> {
            tokenizer.writeTo(part);
            Files.copy(log, part.resolve(LOG));
            last.writeTo(part);
        });
        Directories.delete(states.directory());
    }

    /** A state that another attempt removes meanwhile, or that a full disk cut off, leaves the trainer as it is. */
    private void restore(Trainer trainer, Path log) throws IOException {
        for (var state : states.newestFirst()) {
            try {
                var lines = Files.readAllBytes(state.directory().resolve(LOG));
                trainer.restore(state.directory().resolve(STATE));
                Files.write(log, lines);
                return;
            } catch (BadInput | IOException e) {
                LOGGER.warn("{} is left out: {}", state.directory(), e.getMessage());
            }
        }
    }

    private void save(Trainer trainer, Path log) throws IOException {
        states.save(trainer.step(), part -> {
            SafetensorsWriter.write(part.resolve("model.safetensors"), type, trainer.weights());
            Files.writeString(part.resolve("config.json"), config.toJson());
            tokenizer.writeTo(part);
            Files.copy(log, part.resolve(LOG));
            SafetensorsWriter.write(part.resolve(STATE), DataType.F32, trainer.state());
        });
    }
}
