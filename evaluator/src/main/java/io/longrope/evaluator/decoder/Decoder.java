package io.longrope.evaluator.decoder;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.internal.DeviceAttention;
import io.longrope.evaluator.decoder.internal.FactorGradient;
import io.longrope.evaluator.decoder.internal.GrowingSequence;
import io.longrope.evaluator.decoder.internal.LayerTables;
import io.longrope.evaluator.decoder.internal.PlacedWeights;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.decoder.internal.Weights;
import io.longrope.evaluator.decoder.internal.WeightTensors;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Precision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * A checkpoint's forward pass, layer by layer over the whole sequence: at length T it holds the hidden states, one
 * layer's keys and values, and one chunk. The candidate is an input; nothing of it is kept.
 *
 * <p>Nor is anything kept for the next candidate: embeddings and the first layer's projections do not depend on it, but are 3 % of
 * the operations of the shipped model at 256 tokens, 2 % at 1024, and less than 1 % of a 7B model's, and would take the memory of
 * one more layer's queries, keys and values for every sample.
 */
public final class Decoder implements LanguageModel {

    private final PtNDManager manager;
    private final Script script = Script.instance();
    private final PlacedWeights weights;
    private final DecoderOptions options;

    private Decoder(PtNDManager manager, PlacedWeights weights, DecoderOptions options) {
        this.manager = manager;
        this.weights = weights;
        this.options = options;
    }

    /** @param manager closed again when the weights cannot be loaded */
    Decoder(PtNDManager manager, DecoderOptions options, Function<PtNDManager, PlacedWeights> loader) {
        this.manager = manager;
        this.options = options;
        Script.setThreads(options.threads());
        try {
            weights = loader.apply(manager);
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    /**
     * Brings a checkpoint into memory. What a failed load has taken is given back.
     *
     * @throws io.longrope.search.problem.BadInput when a weight is missing or has another shape than config.json says
     */
    public static Decoder load(Checkpoint checkpoint, DecoderOptions options) {
        var config = checkpoint.config();
        var placement = options.placement().orElseGet(() -> Placement.whole(options.device(), config.layers()));
        return new Decoder(Script.manager(options.device()), options, manager -> {
            var parts = new ArrayList<Weights>();
            try {
                for (var share : placement.shares()) {
                    var own = Script.manager(manager, share.device());
                    parts.add(Weights.load(checkpoint, own, options.precision(), share.layers(),
                            attention(own, config, share.device(), options.precision())));
                }
            } catch (RuntimeException | Error e) {
                parts.forEach(Weights::close);
                throw e;
            }
            return new PlacedWeights(parts);
        });
    }

    /** With random weights, for measurements of speed and memory. */
    static Decoder random(ModelConfig config, DecoderOptions options) {
        return new Decoder(Script.manager(options.device()), options,
                manager -> new PlacedWeights(List.of(Weights.of(config,
                        name -> WeightTensors.random(manager, options.precision(), name.shape()),
                        attention(manager, config, options.device(), options.precision())))));
    }

    /** Of every layer. */
    private static IntFunction<Map<String, PtNDArray>> attention(PtNDManager manager, ModelConfig config, Device device,
            Precision precision) {
        var constants = DeviceAttention.ofPasses(manager, device, config, precision);
        return layer -> constants;
    }

    @Override
    public Decoder with(int chunk, int threads) {
        return new Decoder(manager, weights,
                new DecoderOptions(options.device(), options.precision(), chunk, threads, options.placement()));
    }

    /** As it was trained. */
    public float[] losses(int[] tokens, Candidate candidate) {
        return losses(tokens, candidate, Attention.TRAINED);
    }

    @Override
    public float[] losses(int[] tokens, Candidate candidate, Attention attention) {
        Require.atLeast(2, tokens.length, "tokens");
        requireKnown(tokens);
        Script.setThreads(options.threads());
        int length = tokens.length - 1;
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var hidden = hidden(scope, Arrays.copyOf(tokens, length), candidate, attention);           // [T, D]
            var targets = PlacedWeights.ids((PtNDManager) hidden.getManager(), Arrays.copyOfRange(tokens, 1, tokens.length));   // [T]
            return script.tensor(scope, "losses", hidden, targets, weights.last().ends(), config().normEpsilon(), options.chunk())
                    .toFloatArray();
        }
    }

    @Override
    public FactorSlopes slopes(int[] tokens, Candidate candidate) {
        Require.atLeast(2, tokens.length, "tokens");
        requireKnown(tokens);
        config().requireDifferentiable("model", tokens.length - 1);
        Script.setThreads(options.threads());
        try (var scope = (PtNDManager) manager.newSubManager()) {
            Require.that(weights.parts().size() == 1 && weights.first().range().streamed() == 0, "layers",
                    "must all be in the memory of one device where slopes are asked for", options.placement());
            return new FactorGradient(scope, weights.first()).of(tokens, candidate);
        }
    }

    /**
     * The logits of every position, all in memory at once: for short sequences.
     *
     * @return n rows of the vocabulary size, one after the other: row t has the logits of token t + 1
     */
    float[] logits(int[] tokens, Candidate candidate) {
        requireKnown(tokens);
        Script.setThreads(options.threads());
        try (var scope = (PtNDManager) manager.newSubManager()) {
            var hidden = hidden(scope, tokens, candidate, Attention.TRAINED);                        // [T, D]
            return script.tensor(scope, "logits", hidden, weights.last().ends(), config().normEpsilon()).toFloatArray();
        }
    }

    /** On the device that has the head. */
    private PtNDArray hidden(PtNDManager scope, int[] tokens, Candidate candidate, Attention attention) {
        PtNDArray hidden = null;
        for (var part : weights.parts()) {
            var own = PlacedWeights.scope(scope, part);
            var before = hidden;
            hidden = PlacedWeights.entered(own, part, tokens, before);                               // [T, D]
            if (before != null) {
                before.getManager().close();
            }
            pass(own, part, hidden, tokens.length, candidate, attention);
        }
        return hidden;
    }

    /** Through the layers of one device, in place. */
    private void pass(PtNDManager own, Weights part, PtNDArray hidden, int length, Candidate candidate, Attention attention) {
        try (var tables = LayerTables.of(own, part, length, candidate, attention, false)) {
            for (int layer = part.range().from(); layer < part.range().to(); layer++) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new CancellationException("interrupted before layer " + layer);
                }
                var given = tables.layer(layer);
                script.run("layer", hidden, given.cos(), given.sin(), given.queryScale(), given.weights(), config().heads(),
                        config().kvHeads(), config().headDim(), config().attentionScale(), given.window(),
                        config().variant().gelu() ? 1 : 0, config().normEpsilon(), options.chunk());
            }
        }
    }

    /** As it was trained. */
    public int[] generate(int[] prompt, int count, Candidate candidate) {
        return generate(prompt, count, candidate, Attention.TRAINED);
    }

    /** Holds the keys and values of every layer. */
    @Override
    public int[] generate(int[] prompt, int count, Candidate candidate, Attention attention) {
        Require.atLeast(1, count, "count");
        try (var sequence = sequence(prompt, count - 1, candidate, attention)) {
            var added = new int[count];
            for (int i = 0; i < count; i++) {
                added[i] = likeliest(sequence.logits());
                if (config().eosTokenId().equals(OptionalInt.of(added[i]))) {
                    return Arrays.copyOf(added, i + 1);
                }
                if (i + 1 < count) {
                    sequence.append(added[i]);
                }
            }
            return added;
        }
    }

    /** The logits of the token after the last, one per id of the vocabulary. */
    public float[] nextLogits(int[] tokens, Candidate candidate) {
        return nextLogits(tokens, candidate, Attention.TRAINED);
    }

    /** The same with another attention. */
    public float[] nextLogits(int[] tokens, Candidate candidate, Attention attention) {
        try (var sequence = sequence(tokens, 0, candidate, attention)) {
            return sequence.logits();
        }
    }

    private GrowingSequence sequence(int[] prompt, int room, Candidate candidate, Attention attention) {
        Require.atLeast(1, prompt.length, "tokens");
        requireKnown(prompt);
        Script.setThreads(options.threads());
        var scope = (PtNDManager) manager.newSubManager();
        try {
            return new GrowingSequence(scope, weights, prompt, room, options.chunk(), candidate, attention);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private void requireKnown(int[] tokens) {
        for (int token : tokens) {
            Require.that(token >= 0 && token < config().vocabSize(), "tokens", "must be ids below " + config().vocabSize(), token);
        }
    }

    private static int likeliest(float[] logits) {
        int best = 0;
        for (int i = 1; i < logits.length; i++) {
            if (logits[i] > logits[best]) {
                best = i;
            }
        }
        return best;
    }

    @Override
    public ModelConfig config() {
        return weights.config();
    }

    @Override
    public void close() {
        weights.close();
        manager.close();
    }
}
