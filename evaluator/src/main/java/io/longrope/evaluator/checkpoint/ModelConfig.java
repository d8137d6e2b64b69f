package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.internal.ConfigReader;
import io.longrope.evaluator.checkpoint.internal.ConfigWriter;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.OriginalRope;
import io.longrope.search.rope.RopeConfiguration;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What config.json says about a decoder-only model, complete: nothing that decides a logit is left to a default of the
 * reader's.
 *
 * @param modelType         the family, {@code model_type} in config.json
 * @param vocabSize         rows of the embedding
 * @param hiddenSize        width of the residual stream
 * @param intermediateSize  width of the gated MLP
 * @param layers            number of decoder layers
 * @param heads             query heads
 * @param kvHeads           key and value heads; divides {@code heads}
 * @param headDim           width of a head
 * @param rope              rotary geometry before any extension
 * @param ropeConfiguration the extension config.json already asks for; empty for plain RoPE
 * @param maxPositions      the context window config.json claims, extension included
 * @param normEpsilon       ε of the RMS norms
 * @param tiedEmbeddings    the output head is the embedding
 * @param attentionBias     which attention projections have a bias
 * @param queryKeyNorm      queries and keys pass an RMS norm of their own before they are rotated
 * @param windows           sliding window of each layer: positions a query sees, itself included, 0 = all before it;
 *                          empty when every layer sees all
 * @param variant           what else its blocks do differently from Llama's
 * @param positions         how it tells positions
 * @param bosTokenId        the token a sequence starts with; empty when the model has none
 * @param eosTokenId        the token a text ends with
 */
public record ModelConfig(String modelType, int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads,
                          int kvHeads, int headDim, RopeGeometry rope, Optional<RopeConfiguration> ropeConfiguration,
                          int maxPositions, double normEpsilon, boolean tiedEmbeddings, AttentionBias attentionBias,
                          boolean queryKeyNorm, List<Integer> windows, BlockVariant variant, PositionEncoding positions,
                          OptionalInt bosTokenId, OptionalInt eosTokenId) {

    public ModelConfig {
        Require.notBlank(modelType, "model_type");
        Require.atLeast(1, vocabSize, "vocab_size");
        Require.atLeast(1, hiddenSize, "hidden_size");
        Require.atLeast(1, intermediateSize, "intermediate_size");
        Require.atLeast(1, layers, "num_hidden_layers");
        Require.atLeast(1, heads, "num_attention_heads");
        Require.atLeast(1, kvHeads, "num_key_value_heads");
        Require.that(heads % kvHeads == 0, "num_key_value_heads", "must divide num_attention_heads = " + heads, kvHeads);
        Require.atLeast(1, headDim, "head_dim");
        Require.present(rope, "rope");
        Require.that(rope.rotaryDim() <= headDim, "rotary dimension", "must be at most head_dim = " + headDim, rope.rotaryDim());
        Require.present(ropeConfiguration, "ropeConfiguration");
        ropeConfiguration.filter(configuration -> configuration.type().equals("longrope")).ifPresent(configuration -> {
            requireFactors(configuration, "short_factor", rope.pairs());
            requireFactors(configuration, "long_factor", rope.pairs());
        });
        Require.atLeast(1, maxPositions, "max_position_embeddings");
        // checks the parameters against each other
        ropeConfiguration.ifPresent(configuration -> configuration.scaling(rope, maxPositions));
        Require.positive(normEpsilon, "rms_norm_eps");
        Require.present(attentionBias, "attentionBias");
        windows = Require.present(windows, "windows").stream().allMatch(window -> window == 0) ? List.of() : List.copyOf(windows);
        Require.that(windows.isEmpty() || windows.size() == layers, "windows", "must be one for each of " + Plural.of(layers, "layer"),
                windows.size());
        Require.that(windows.stream().allMatch(window -> window >= 0), "sliding_window", "must be at least 1", windows);
        Require.present(variant, "variant");
        Require.present(positions, "position_encoding");
        Require.that(positions == PositionEncoding.ROPE || ropeConfiguration.isEmpty(), "rope_parameters",
                "must be plain in a model with position_encoding " + positions, ropeConfiguration.map(RopeConfiguration::type).orElse(""));
        long sliding = windows.stream().filter(window -> window > 0).distinct().count();
        Require.that(!positions.isHybrid() || (sliding == 1 && windows.contains(0)), "layer_types",
                "must have sliding layers of one window and full ones for position_encoding " + positions, windows);
        requireInVocabulary(bosTokenId, vocabSize, "bos_token_id");
        requireInVocabulary(eosTokenId, vocabSize, "eos_token_id");
    }

    /** A model with Llama's blocks, whose layers all see everything. */
    public ModelConfig(String modelType, int vocabSize, int hiddenSize, int intermediateSize, int layers, int heads,
                       int kvHeads, int headDim, RopeGeometry rope, Optional<RopeConfiguration> ropeConfiguration,
                       int maxPositions, double normEpsilon, boolean tiedEmbeddings, AttentionBias attentionBias,
                       OptionalInt bosTokenId, OptionalInt eosTokenId) {
        this(modelType, vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rope, ropeConfiguration,
                maxPositions, normEpsilon, tiedEmbeddings, attentionBias, false, List.of(), BlockVariant.LLAMA, PositionEncoding.ROPE,
                bosTokenId, eosTokenId);
    }

    /** @throws BadInput when the file is missing, is no JSON, or asks for what is not known here */
    public static ModelConfig read(Path configJson) {
        return ConfigReader.read(configJson);
    }

    /**
     * As {@link #read}, of what somebody else has read.
     *
     * @param place of config.json, for complaints
     */
    public static ModelConfig of(String place, JsonNode configJson) {
        return ConfigReader.read(place, configJson);
    }

    /** The same model with another extension and context window, as after a fine-tune stage. */
    public ModelConfig withRope(Optional<RopeConfiguration> ropeConfiguration, int maxPositions) {
        return new ModelConfig(modelType, vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rope,
                ropeConfiguration, maxPositions, normEpsilon, tiedEmbeddings, attentionBias, queryKeyNorm, windows, variant, positions,
                bosTokenId, eosTokenId);
    }

    /** The same model with an output head of its own. */
    ModelConfig withOwnHead() {
        return new ModelConfig(modelType, vocabSize, hiddenSize, intermediateSize, layers, heads, kvHeads, headDim, rope,
                ropeConfiguration, maxPositions, normEpsilon, false, attentionBias, queryKeyNorm, windows, variant, positions,
                bosTokenId, eosTokenId);
    }

    /** Positions a query of the layer sees, itself included; 0 = all before it. */
    public int window(int layer) {
        return windows.isEmpty() ? 0 : windows.get(layer);
    }

    /**
     * Refuses what the built-in trainer cannot train.
     *
     * @param name   of the problem
     * @param length tokens of a sequence
     * @throws BadInput when it is this model, or this model in sequences so long
     */
    public void requireTrainable(String name, int length) {
        requirePlain(name, length, "training length", "the built-in trainer", "train it elsewhere");
        if (positions != PositionEncoding.ROPE) {
            throw new BadInput(name, "must be of a model with RoPE to be fine-tuned with a candidate", positions,
                    "pretrain it at the length");
        }
    }

    /**
     * Refuses what no gradient can be found of: the pass backwards is the built-in trainer's.
     *
     * @param name   of the problem
     * @param length tokens of a sequence
     * @throws BadInput when it is this model, or this model in sequences so long
     */
    public void requireDifferentiable(String name, int length) {
        requirePlain(name, length, "length", "gradients", "search with another algorithm");
        if (positions != PositionEncoding.ROPE) {
            throw new BadInput(name, "must be of a model with RoPE to have a gradient by its factors", positions,
                    "only those are searched");
        }
    }

    private void requirePlain(String name, int length, String lengthName, String purpose, String wayOut) {
        if (!variant.equals(BlockVariant.LLAMA)) {
            throw new BadInput(name, "must be of a model with Llama's blocks for " + purpose, modelType, wayOut);
        }
        int narrowest = windows.stream().filter(window -> window > 0).min(Integer::compare).orElse(length);
        if (narrowest < length) {
            throw new BadInput(name, "must be of a model whose sliding window is at least the " + lengthName + ", " + length
                    + ", for " + purpose, "a window of " + narrowest, wayOut + ", or in shorter sequences");
        }
    }

    /** What the products of queries and keys are multiplied by. */
    public double attentionScale() {
        return variant.attentionScale().orElse(1 / Math.sqrt(headDim));
    }

    /** How config.json itself rotates a sequence of that many tokens: with the extension it asks for, if any. */
    public Candidate candidate(int length) {
        var scaling = ropeConfiguration.map(configuration -> configuration.scaling(rope, maxPositions)).orElseGet(OriginalRope::new);
        return new Candidate(scaling.factors(rope, length), 0, scaling.attentionFactor(rope, length));
    }

    /** Weights of all matrices and norms, biases aside; a tied head counts once. */
    public long parameters() {
        long width = hiddenSize;
        long attention = 2 * width * heads * headDim + 2 * width * kvHeads * headDim;
        long perLayer = attention + 3 * width * intermediateSize + 2 * width;
        return layers * perLayer + width + (tiedEmbeddings ? 1 : 2) * width * vocabSize;
    }

    /** A config.json that transformers loads as this model. */
    public String toJson() {
        return ConfigWriter.toJson(this);
    }

    private static void requireFactors(RopeConfiguration configuration, String name, int pairs) {
        int found = configuration.factors(name).length;
        Require.that(found == pairs, "rope_parameters." + name, "must have half the rotary dimension, " + Plural.of(pairs, "factor"),
                found);
    }

    private static void requireInVocabulary(OptionalInt token, int vocabSize, String name) {
        Require.present(token, name);
        token.ifPresent(id -> Require.that(id >= 0 && id < vocabSize, name, "must be in [0, vocab_size = " + vocabSize + ")", id));
    }
}
