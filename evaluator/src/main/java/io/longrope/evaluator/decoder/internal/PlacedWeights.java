package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;

import java.util.Arrays;
import java.util.List;

/**
 * A model's weights, shared by devices: each has some layers, and hidden states are copied to the next device once they are through.
 *
 * @param parts those of each device, in the order of their layers
 */
public record PlacedWeights(List<Weights> parts) implements AutoCloseable {

    public PlacedWeights {
        parts = List.copyOf(parts);
    }

    public ModelConfig config() {
        return first().config();
    }

    /** Has the embedding. */
    public Weights first() {
        return parts.get(0);
    }

    /** Has the final norm and the head. */
    public Weights last() {
        return parts.get(parts.size() - 1);
    }

    /** A manager on a part's device, closed with its parent at the latest. */
    public static PtNDManager scope(PtNDManager parent, Weights part) {
        return (PtNDManager) parent.newSubManager(part.like().getDevice());
    }

    /**
     * The hidden states that a part's first layer is given.
     *
     * @param scope  holds them
     * @param tokens ids of them, of a sequence [T]
     * @param before those of the part before, on its device; of the first part nothing is known yet
     * @return [T, D], on the part's device
     */
    public static PtNDArray entered(PtNDManager scope, Weights part, int[] tokens, PtNDArray before) {
        return part.hasEmbedding() ? Script.instance().tensor(scope, "embed", ids(scope, tokens), part.embedding(),
                part.config().variant().embeddingScale())                                            // [T, D]
                : Script.instance().tensor(scope, "moved", before, part.like());                     // [T, D]
    }

    /** @return [T] */
    public static PtNDArray ids(PtNDManager scope, int[] tokens) {
        return DeviceMemory.of(scope, Arrays.stream(tokens).asLongStream().toArray());
    }

    @Override
    public void close() {
        parts.forEach(Weights::close);
    }
}
