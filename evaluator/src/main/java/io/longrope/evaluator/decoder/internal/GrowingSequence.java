package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;

import java.util.Arrays;

/** A sequence that grows token by token, with the keys and values of every layer so far. Closing frees its tensors. */
public final class GrowingSequence implements AutoCloseable {

    private final Script script = Script.instance();
    private final PtNDManager scope;
    private final Weights weights;
    private final LayerTables tables;
    private final PtNDArray[] keys;
    private final PtNDArray[] values;
    private final int chunk;
    private int length;
    private float[] logits;

    /**
     * @param scope  holds the tables, and from now on belongs to this
     * @param tables of prompt and room, [prompt + room, P]
     * @param room   tokens that can be appended
     */
    public GrowingSequence(PtNDManager scope, Weights weights, LayerTables tables, int[] prompt, int room, int chunk) {
        this.scope = scope;
        this.weights = weights;
        this.tables = tables;
        this.chunk = chunk;
        var config = weights.config();
        keys = new PtNDArray[config.layers()];
        values = new PtNDArray[config.layers()];
        for (int layer = 0; layer < keys.length; layer++) {
            keys[layer] = cache(prompt.length + room);
            values[layer] = cache(prompt.length + room);
        }
        extend(prompt);
    }

    /** Of the token after the last, [V]. */
    public float[] logits() {
        return logits.clone();
    }

    public void append(int token) {
        extend(new int[] {token});
    }

    private void extend(int[] tokens) {
        var config = weights.config();
        try (var pass = (PtNDManager) scope.newSubManager();
             var ids = DeviceMemory.of(pass, Arrays.stream(tokens).asLongStream().toArray())) {
            var hidden = script.tensor(pass, "embed", ids, weights.embedding(),
                    config.variant().embeddingScale());                                              // [T, D]
            for (int layer = 0; layer < keys.length; layer++) {
                var given = tables.layer(layer);
                var scale = given.queryScale();
                script.run("layer_after", hidden, rows(pass, given.cos(), length, tokens.length),
                        rows(pass, given.sin(), length, tokens.length),
                        scale.size() == 0 ? scale : rows(pass, scale, length, tokens.length),
                        keys[layer], values[layer], length, given.weights(), config.heads(), config.kvHeads(),
                        config.headDim(), config.attentionScale(), given.window(), config.variant().gelu() ? 1 : 0, config.normEpsilon(),
                        chunk);
            }
            length += tokens.length;
            var last = rows(pass, hidden, tokens.length - 1, 1);                                     // [1, D]
            logits = script.tensor(pass, "logits", last, weights.ends(), config.normEpsilon()).toFloatArray();
        }
    }

    private PtNDArray cache(int capacity) {
        var config = weights.config();
        return script.tensor(scope, "new_cache", weights.embedding(), capacity, config.kvHeads(), config.headDim());
    }

    private PtNDArray rows(PtNDManager manager, PtNDArray tensor, int from, int count) {
        return script.tensor(manager, "rows", tensor, from, count);
    }

    @Override
    public void close() {
        tables.close();
        scope.close();
    }
}
