package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;

/** The size of the Llama-like model a plan was written for, so that it can be weighed without the checkpoint. */
public record ModelShape(
        @Key(value = "Decoder layers.", atLeast = 1) int layers,
        @Key(value = "Width of the hidden states.", atLeast = 1) int hidden,
        @Key(value = "Query heads.", atLeast = 1) int heads,
        @Key(value = "Key and value heads; divides heads.", byDefault = "= heads", atLeast = 1) int keyValueHeads,
        @Key(value = "Width of a head, all of it rotated.", byDefault = "= hidden / heads", atLeast = 2) int headDim,
        @Key(value = "Inner width of the gated feed-forward network.", atLeast = 1) int feedForward,
        @Key(value = "Tokens of the vocabulary.", atLeast = 1) int vocabulary,
        @Key(value = "θ of the rotary embedding.", byDefault = "10000", above = 1) double theta,
        @Key(value = "max_position_embeddings of its config.json.", form = "length", atLeast = 2) int window) {

    public ModelShape {
        KeyRule.require(ModelShape.class, layers, hidden, heads, keyValueHeads, headDim, feedForward, vocabulary, theta, window);
        Require.that(heads % keyValueHeads == 0, "key-value-heads", "must divide the " + Plural.of(heads, "head"), keyValueHeads);
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
