package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.Require;

import java.util.OptionalDouble;

/**
 * What the blocks of a family do differently from Llama's.
 *
 * @param offsetNorms    the weights of the norms are stored as their difference from 1
 * @param outerNorms     what attention and feed-forward give passes a norm of its own before it is added
 * @param gelu           the gate of the feed-forward is tanh-approximated GELU in place of SiLU
 * @param embeddingScale multiplies the embeddings
 * @param attentionScale multiplies the products of queries and keys; empty = 1 / √head_dim
 * @param localTheta     θ of the layers with a sliding window, whose positions are never rescaled; empty = as in all layers
 */
public record BlockVariant(boolean offsetNorms, boolean outerNorms, boolean gelu, double embeddingScale,
                           OptionalDouble attentionScale, OptionalDouble localTheta) {

    /** Llama's blocks. */
    public static final BlockVariant LLAMA = new BlockVariant(false, false, false, 1, OptionalDouble.empty(), OptionalDouble.empty());

    public BlockVariant {
        Require.positive(embeddingScale, "embedding scale");
        Require.present(attentionScale, "attentionScale");
        attentionScale.ifPresent(scale -> Require.positive(scale, "query_pre_attn_scalar"));
        Require.present(localTheta, "localTheta");
        localTheta.ifPresent(theta -> Require.that(Double.isFinite(theta) && theta > 1, "rope_local_base_freq",
                "must be a finite number greater than 1", theta));
    }
}
