package io.longrope.evaluator.checkpoint;

/** Which attention projections have a bias. */
public enum AttentionBias {
    NONE,
    /** Queries, keys and values, as in Qwen2. */
    QUERY_KEY_VALUE,
    /** These and the output projection, as in Llama with {@code attention_bias}. */
    ALL
}
