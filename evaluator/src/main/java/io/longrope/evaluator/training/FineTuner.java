package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.evaluator.training.internal.Batches;
import io.longrope.evaluator.training.internal.ResumableRun;
import io.longrope.evaluator.training.internal.Trainer;
import io.longrope.search.internal.Json;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The built-in trainer: all weights, one device, in this process. */
public final class FineTuner {

    private FineTuner() {
    }

    /**
     * Trains and writes a Hugging Face directory in float32 with the checkpoint's own config and tokenizer; the rescale
     * factors are not written into it. An interrupted task continues from a state file beside the output and ends with
     * the weights of an undisturbed one, to the bit.
     */
    public static void fineTune(FineTuneTask task, TrainingListener listener) throws IOException, InterruptedException {
        var checkpoint = Checkpoint.open(task.checkpoint());
        var config = checkpoint.config();
        requireTrainable(task, config);
        int[] tokens;
        try (var tokenizer = Tokenizer.of(task.checkpoint(), config.vocabSize())) {
            tokens = Corpus.open(task.text()).tokens(tokenizer).toArray();
        }
        var batches = new Batches(tokens, config.bosTokenId(), task.length(), task.settings().seed());
        var state = task.output().resolveSibling(task.output().getFileName() + ".training")
                .resolve(fingerprint(task, checkpoint, tokens) + ".safetensors");
        try (var trainer = new Trainer(config, name -> checkpoint.tensor(name.stored(), name.shape()).toFloats(),
                task.candidate(), task.length(), batches, task.settings())) {
            ResumableRun.complete(trainer, task.settings(), state, listener);
            CheckpointWriter.write(task.output(), config, DataType.F32, trainer.weights(), task.checkpoint());
        }
        deleteStates(state.getParent());
    }

    private static void requireTrainable(FineTuneTask task, ModelConfig config) {
        var wayOut = "fine-tune it with the trainer 'command'";
        if (WeightName.stored(config).stream().anyMatch(WeightName::isFused)) {
            throw new BadInput(task.checkpoint().toString(), "must store its projections apart for the built-in trainer",
                    "fused, as in every " + config.modelType() + " model", wayOut);
        }
        if (!config.variant().equals(BlockVariant.LLAMA)) {
            throw new BadInput(task.checkpoint().toString(), "must have Llama's blocks for the built-in trainer", config.modelType(), wayOut);
        }
        int narrowest = config.windows().stream().filter(window -> window > 0).min(Integer::compare).orElse(task.length());
        if (narrowest < task.length()) {
            throw new BadInput(task.checkpoint().toString(), "must have a sliding window of at least the training length, " + task.length()
                    + ", for the built-in trainer", narrowest, wayOut);
        }
    }

    private static String fingerprint(FineTuneTask task, Checkpoint checkpoint, int[] tokens) {
        return Json.sha256(Json.canonical(List.of(checkpoint.fingerprint(), task.candidate(), task.length(), task.settings(),
                Arrays.hashCode(tokens))));
    }

    private static void deleteStates(Path directory) throws IOException {
        try (var states = Files.list(directory)) {
            for (var state : states.toList()) {
                Files.delete(state);
            }
        }
        Files.delete(directory);
    }
}
