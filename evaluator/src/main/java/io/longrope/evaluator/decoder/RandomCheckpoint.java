package io.longrope.evaluator.decoder;

import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.decoder.internal.WeightName;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;

/** A checkpoint of random weights without a tokenizer, for measurements of what a model of its size takes. */
public final class RandomCheckpoint {

    private static final double SPREAD = 0.02;

    private RandomCheckpoint() {
    }

    /** @param directory must not exist */
    public static void write(Path directory, ModelConfig config, DataType type, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        var sources = WeightName.stored(config).stream().map(name -> new SafetensorsWriter.Source(name.stored(), name.shape(), () -> {
            var values = new float[(int) Arrays.stream(name.shape()).reduce(1, Math::multiplyExact)];
            for (int i = 0; i < values.length; i++) {
                values[i] = (float) (SPREAD * (random.nextDouble() - 0.5));
            }
            return values;
        })).toList();
        CheckpointWriter.write(directory, config, type, sources, Map.of());
    }
}
