package io.longrope.search.job;

import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;

/**
 * The size of the Llama-like model a plan was written for, so that it can be weighed without the checkpoint.
 *
 * @param layers        decoder layers
 * @param hidden        width of the hidden states
 * @param heads         query heads
 * @param keyValueHeads key and value heads; divides heads
 * @param headDim       width of a head, all of it rotated
 * @param feedForward   inner width of the gated feed-forward network
 * @param vocabulary    tokens of the vocabulary
 * @param theta         θ of the rotary embedding
 * @param window        max_position_embeddings
 */
public record ModelShape(int layers, int hidden, int heads, int keyValueHeads, int headDim, int feedForward,
                         int vocabulary, double theta, int window) {

    public ModelShape {
        Require.atLeast(1, layers, "shape.layers");
        Require.atLeast(1, hidden, "shape.hidden");
        Require.atLeast(1, heads, "shape.heads");
        Require.that(keyValueHeads >= 1 && heads % keyValueHeads == 0, "shape.key-value-heads", "must divide the " + heads + " heads", keyValueHeads);
        Require.atLeast(2, headDim, "shape.head-dim");
        Require.atLeast(1, feedForward, "shape.feed-forward");
        Require.atLeast(1, vocabulary, "shape.vocabulary");
        Require.atLeast(2, window, "shape.window");
        new RopeGeometry(headDim, theta, window);
    }

    public RopeGeometry geometry() {
        return new RopeGeometry(headDim, theta, window);
    }

    /** Weights, with an output head of its own. */
    public long parameters() {
        long attention = (long) hidden * headDim * (2L * heads + 2L * keyValueHeads);
        long feedForwardWeights = 3L * hidden * feedForward;
        return 2L * vocabulary * hidden + layers * (attention + feedForwardWeights + 2L * hidden) + hidden;
    }
}
