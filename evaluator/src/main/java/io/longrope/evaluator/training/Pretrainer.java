package io.longrope.evaluator.training;

import io.longrope.evaluator.training.internal.FirstWeights;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.training.SequenceSettings;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.Directories;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.text.TokenCoding;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.evaluator.training.internal.Batches;
import io.longrope.evaluator.training.internal.ResumableRun;
import io.longrope.evaluator.training.internal.Trainer;
import io.longrope.search.json.Json;
import io.longrope.search.space.Candidate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Trains a model at its original window, from random weights or from those of a checkpoint. */
public final class Pretrainer {

    /** Standard deviation of the first weights (GPT-2's), divided by √(2 layers) where a layer adds to the residual stream. */
    private static final double INITIAL_SPREAD = 0.02;

    private Pretrainer() {
    }

    /**
     * Writes a Hugging Face directory in bf16. An interrupted run continues from a state beside it.
     *
     * @param session        where the memory is
     * @param start          the weights to begin with; empty = random ones
     * @param tokens         training text
     * @param coding         for what is invented
     * @param sequences      what training sequences look like, as long as the window
     * @param tokenizerFiles contents by file name
     */
    public static void pretrain(ModelSession session, ModelConfig config, Optional<Checkpoint> start, TokenFile tokens,
            TokenCoding coding, SequenceSettings sequences, TrainingSettings settings, Map<String, String> tokenizerFiles,
            Path output, TrainingListener listener) throws IOException, InterruptedException {
        int length = sequences.length();
        var batches = new Batches(tokens, config.bosTokenId(), coding, sequences, settings.seed());
        var task = Json.sha256(Json.canonical(List.of(settings.deciding(), sequences)) + config.toJson()
                + tokens.fingerprint() + start.map(Checkpoint::fingerprint).orElse(""));
        var beside = FineTuner.besideOutput(output);
        var run = new ResumableRun(output, TrainingStates.in(beside).of(task), config, DataType.BF16,
                CheckpointWriter.texts(tokenizerFiles));
        var use = session.training(config, length, settings, Optional.empty());
        try (var memory = session.reserve(MemoryPlan.of(session.device(), config, settings.precision(), use));
             var trainer = new Trainer(config, start.map(FirstWeights::of).orElseGet(() -> random(config, settings.seed())),
                     Candidate.original(config.rope().pairs()), batches, settings, use, memory, 1)) {
            run.complete(trainer, settings, ResumableRun.Watch.NOTHING, listener, part -> { });
        }
        Directories.delete(beside);
    }

    private static FirstWeights random(ModelConfig config, long seed) {
        var random = new SplittableRandom(seed);
        return FirstWeights.of(name -> initial(name, config, random));
    }

    private static float[] initial(WeightName name, ModelConfig config, SplittableRandom random) {
        var shape = name.shape();
        var values = new float[(int) Arrays.stream(shape).reduce(1, Math::multiplyExact)];
        if (shape.length == 1) {
            Arrays.fill(values, 1);
            return values;
        }
        boolean addsToResidual = name.key().equals("o") || name.key().equals("down");
        double spread = addsToResidual ? INITIAL_SPREAD / Math.sqrt(2.0 * config.layers()) : INITIAL_SPREAD;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * spread);
        }
        return values;
    }
}
