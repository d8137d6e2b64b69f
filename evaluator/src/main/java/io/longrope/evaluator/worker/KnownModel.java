package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.CheckpointWriter;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.SafetensorsWriter.Source;
import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.search.work.ModelReference;
import io.longrope.search.rope.RopeGeometry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;

/** A byte-level Llama with weights from a seed: nothing learnt, but every part of it there, and the same on every machine. */
final class KnownModel {

    private static final int WIDTH = 16;
    private static final int INNER = 24;
    static final int PAIRS = 4;

    private KnownModel() {
    }

    /** Writes it below a models root. */
    static ModelReference write(Path root, String name, long seed) {
        var config = new ModelConfig("llama", ByteLevelTokenizer.VOCAB_SIZE, WIDTH, INNER, 1, 2, 1, 8, new RopeGeometry(8, 10_000, 64),
                Optional.empty(), 64, 1e-5, true, AttentionBias.NONE, OptionalInt.of(ByteLevelTokenizer.BOS),
                OptionalInt.of(ByteLevelTokenizer.EOS));
        try {
            CheckpointWriter.write(root.resolve(name), config, DataType.F32, tensors(new Random(seed)), ByteLevelTokenizer.files());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ModelReference(name, Checkpoint.open(root.resolve(name)).fingerprint());
    }

    private static List<Source> tensors(Random random) {
        var tensors = new ArrayList<Source>();
        tensors.add(tensor(random, "model.embed_tokens.weight", ByteLevelTokenizer.VOCAB_SIZE, WIDTH));
        tensors.add(tensor(random, "model.norm.weight", WIDTH));
        var layer = "model.layers.0.";
        tensors.add(tensor(random, layer + "input_layernorm.weight", WIDTH));
        tensors.add(tensor(random, layer + "post_attention_layernorm.weight", WIDTH));
        tensors.add(tensor(random, layer + "self_attn.q_proj.weight", 16, WIDTH));
        tensors.add(tensor(random, layer + "self_attn.k_proj.weight", 8, WIDTH));
        tensors.add(tensor(random, layer + "self_attn.v_proj.weight", 8, WIDTH));
        tensors.add(tensor(random, layer + "self_attn.o_proj.weight", WIDTH, 16));
        tensors.add(tensor(random, layer + "mlp.gate_proj.weight", INNER, WIDTH));
        tensors.add(tensor(random, layer + "mlp.up_proj.weight", INNER, WIDTH));
        tensors.add(tensor(random, layer + "mlp.down_proj.weight", WIDTH, INNER));
        return tensors;
    }

    private static Source tensor(Random random, String name, long... shape) {
        int elements = 1;
        for (long size : shape) {
            elements *= (int) size;
        }
        var values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian() * 0.3f + (shape.length == 1 ? 1 : 0);
        }
        return new Source(name, shape, () -> values);
    }
}
