package io.longrope.evaluator.decoder;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.search.rope.RopeGeometry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** A Hugging Face directory with random weights, small enough to decode in milliseconds. */
public final class TinyCheckpoint {

    private TinyCheckpoint() {
    }

    /** 2 layers, 4 query heads on 2 key heads of width 8, window 32. */
    public static ModelConfig config() {
        return config(2);
    }

    public static ModelConfig config(int layers) {
        return new ModelConfig("llama", ByteLevelTokenizer.VOCAB_SIZE, 32, 48, layers, 4, 2, 8, new RopeGeometry(8, 10000, 32),
                Optional.empty(),
                32, 1e-5, false, AttentionBias.NONE, OptionalInt.of(ByteLevelTokenizer.BOS), OptionalInt.of(ByteLevelTokenizer.EOS));
    }

    public static Path write(Path directory, ModelConfig config, long seed) throws IOException {
        var random = new SplittableRandom(seed);
        // of a tensor fused from several, the first stands for all
        var tensors = WeightName.stored(config).stream().filter(name -> name.firstRow() == 0).map(name -> {
            var shape = name.shape().clone();
            shape[0] = name.storedRows();
            int size = (int) Arrays.stream(shape).reduce(1, Math::multiplyExact);
            var values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = (float) (name.shape().length == 1 ? 1 + 0.1 * random.nextGaussian() : 0.15 * random.nextGaussian());
            }
            return new SafetensorsWriter.Source(name.stored(), shape, () -> values);
        }).toList();
        CheckpointWriter.write(directory, config, DataType.F32, tensors, ByteLevelTokenizer.files());
        return directory;
    }

    public static int[] tokens(int count, long seed) {
        return new SplittableRandom(seed).ints(count, 0, 256).toArray();
    }
}
