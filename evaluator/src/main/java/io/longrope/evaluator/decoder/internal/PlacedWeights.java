package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.ModelConfig;

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
     * A copy of hidden states on the device of a part.
     *
     * @param scope holds it
     */
    public static PtNDArray moved(PtNDManager scope, PtNDArray hidden, Weights part) {
        return Script.instance().tensor(scope, "moved", hidden, part.like());
    }

    @Override
    public void close() {
        parts.forEach(Weights::close);
    }
}
