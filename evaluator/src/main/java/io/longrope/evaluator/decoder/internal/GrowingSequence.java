package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.search.space.Candidate;

import java.util.ArrayList;
import java.util.List;

/** A sequence that grows token by token, with the keys and values of every layer so far. Closing frees its tensors. */
public final class GrowingSequence implements AutoCloseable {

    private final Script script = Script.instance();
    private final PtNDManager scope;
    private final PlacedWeights weights;
    private final List<LayerTables> tables = new ArrayList<>();
    private final PtNDArray[] keys;
    private final PtNDArray[] values;
    private final int chunk;
    private int length;
    private float[] logits;

    /**
     * @param scope  from now on belongs to this
     * @param room   tokens that can be appended
     */
    public GrowingSequence(PtNDManager scope, PlacedWeights weights, int[] prompt, int room, int chunk, Candidate candidate,
            Attention attention) {
        this.scope = scope;
        this.weights = weights;
        this.chunk = chunk;
        keys = new PtNDArray[weights.config().layers()];
        values = new PtNDArray[weights.config().layers()];
        try {
            for (var part : weights.parts()) {
                var own = PlacedWeights.scope(scope, part);
                tables.add(LayerTables.of(own, part, prompt.length + room, candidate, attention, true));
                for (int layer = part.range().from(); layer < part.range().to(); layer++) {
                    keys[layer] = cache(own, part, prompt.length + room);
                    values[layer] = cache(own, part, prompt.length + room);
                }
            }
            extend(prompt);
        } catch (RuntimeException | Error e) {
            tables.forEach(LayerTables::close);
            throw e;
        }
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
        try (var pass = (PtNDManager) scope.newSubManager()) {
            PtNDArray hidden = null;
            for (int i = 0; i < tables.size(); i++) {
                var part = weights.parts().get(i);
                var own = PlacedWeights.scope(pass, part);
                hidden = PlacedWeights.entered(own, part, tokens, hidden);                               // [T, D]
                for (int layer = part.range().from(); layer < part.range().to(); layer++) {
                    var given = tables.get(i).layer(layer);
                    var scale = given.queryScale();
                    script.run("layer_after", hidden, rows(own, given.cos(), length, tokens.length),
                            rows(own, given.sin(), length, tokens.length),
                            scale.size() == 0 ? scale : rows(own, scale, length, tokens.length),
                            keys[layer], values[layer], length, given.weights(), config.heads(), config.kvHeads(),
                            config.headDim(), config.attentionScale(), given.window(), config.variant().gelu() ? 1 : 0,
                            config.normEpsilon(), chunk);
                }
            }
            length += tokens.length;
            var last = rows(pass, hidden, tokens.length - 1, 1);                                     // [1, D]
            logits = script.tensor(pass, "logits", last, weights.last().ends(), config.normEpsilon()).toFloatArray();
        }
    }

    private PtNDArray cache(PtNDManager own, Weights part, int capacity) {
        var config = weights.config();
        return script.tensor(own, "new_cache", part.like(), capacity, config.kvHeads(), config.headDim());
    }

    private PtNDArray rows(PtNDManager manager, PtNDArray tensor, int from, int count) {
        return script.tensor(manager, "rows", tensor, from, count);
    }

    @Override
    public void close() {
        tables.forEach(LayerTables::close);
        scope.close();
    }
}
