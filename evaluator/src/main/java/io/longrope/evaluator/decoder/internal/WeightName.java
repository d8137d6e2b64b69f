package io.longrope.evaluator.decoder.internal;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.StoredTensor;

import java.util.ArrayList;
import java.util.List;

/**
 * One weight of the decoder and where a checkpoint keeps it: in a tensor of its own, or in rows of one that is fused from
 * several.
 *
 * @param key        the script's name for it
 * @param stored     the tensor's name in the checkpoint
 * @param shape      [out, in] for matrices
 * @param firstRow   where it begins in that tensor
 * @param storedRows rows of that tensor; of a tensor of its own as many as it has
 */
public record WeightName(String key, String stored, long[] shape, long firstRow, long storedRows) {

    public static final String EMBEDDING = "model.embed_tokens.weight";

    WeightName(String key, String stored, long... shape) {
        this(key, stored, shape, 0, shape[0]);
    }

    public static List<WeightName> ofLayer(ModelConfig config, int layer) {
        return new LayerNames(config, layer).all();
    }

    static WeightName embedding(ModelConfig config) {
        return new WeightName("embedding", EMBEDDING, config.vocabSize(), config.hiddenSize());
    }

    /** The final norm and the head; the embedding, which may be the head too, is {@link #EMBEDDING}. */
    static List<WeightName> ofEnds(ModelConfig config) {
        long width = config.hiddenSize();
        long vocabulary = config.vocabSize();
        return List.of(
                new WeightName("norm", "model.norm.weight", width),
                new WeightName("head", config.tiedEmbeddings() ? EMBEDDING : "lm_head.weight", vocabulary, width));
    }

    /** Every weight once, in the order checkpoints list them; a tied head is the embedding. */
    public static List<WeightName> stored(ModelConfig config) {
        var names = new ArrayList<WeightName>();
        names.add(embedding(config));
        for (int layer = 0; layer < config.layers(); layer++) {
            names.addAll(ofLayer(config, layer));
        }
        names.addAll(ofEnds(config));
        return config.tiedEmbeddings() ? names.subList(0, names.size() - 1) : names;
    }

    /** Different for each weight: the stored name, with the first row when the tensor is fused. */
    public String id() {
        return isFused() ? stored + "@" + firstRow : stored;
    }

    boolean isNorm() {
        return key.endsWith("norm");
    }

    public boolean isFused() {
        return storedRows != shape[0];
    }

    /** @throws io.longrope.search.problem.BadInput when the checkpoint has no such tensor or it has another shape */
    public StoredTensor open(Checkpoint checkpoint) {
        var whole = shape.clone();
        whole[0] = storedRows;
        return checkpoint.tensor(stored, whole).rows(firstRow, shape[0]);
    }
}
