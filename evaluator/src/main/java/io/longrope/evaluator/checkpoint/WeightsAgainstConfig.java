package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.Plural;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Where the weights of a checkpoint say something else than its config.json. What counts is what counts in transformers. */
final class WeightsAgainstConfig {

    static final String HEAD = "lm_head.weight";
    static final String EMBEDDING = "model.embed_tokens.weight";
    /** What the model classes of the known families have, and the frequencies that older versions saved beside it. */
    private static final Pattern KNOWN = Pattern.compile("model\\.(embed_tokens|norm)\\.weight|lm_head\\.weight"
            + "|.*rotary_emb\\.inv_freq"
            + "|model\\.layers\\.\\d+\\.((input|post_attention|pre_feedforward|post_feedforward)_layernorm\\.weight"
            + "|self_attn\\.([qkvo]|qkv)_proj\\.(weight|bias)|self_attn\\.[qk]_norm\\.weight"
            + "|mlp\\.(gate|up|down|gate_up)_proj\\.(weight|bias))");
    private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.*)");

    private final ModelConfig config;
    private final StoredTensors weights;
    private final boolean ownHead;

    WeightsAgainstConfig(ModelConfig config, StoredTensors weights) {
        this.config = config;
        this.weights = weights;
        ownHead = config.tiedEmbeddings() && weights.names().contains(HEAD) && weights.names().contains(EMBEDDING)
                && !same(weights.tensor(HEAD), weights.tensor(EMBEDDING));
    }

    /** True when config.json ties the head to the embedding, but the file has another head. */
    boolean hasOwnHead() {
        return ownHead;
    }

    /** A sentence for each contradiction. */
    List<String> notes() {
        var notes = new ArrayList<String>();
        if (ownHead) {
            notes.add("tie_word_embeddings is true, but lm_head.weight is another than model.embed_tokens.weight: as in transformers "
                    + "lm_head.weight counts");
        }
        unused(notes, "biases of its attention", "attention_bias is not true", config.attentionBias() == AttentionBias.NONE,
                "self_attn\\.[qkvo]_proj\\.bias");
        unused(notes, "biases of its output projection", config.modelType() + " has none",
                config.attentionBias() == AttentionBias.QUERY_KEY_VALUE, "self_attn\\.o_proj\\.bias");
        unused(notes, "norms of queries and keys", config.modelType() + " has none", !config.queryKeyNorm(),
                "self_attn\\.[qk]_norm\\.weight");
        unused(notes, "biases of its MLP", "mlp_bias is not true", true, "mlp\\.\\w+\\.bias");
        long beyond = weights.names().stream().map(LAYER::matcher).filter(name -> name.matches() && name.group(1).length() < 7
                && Integer.parseInt(name.group(1)) >= config.layers()).map(name -> name.group(1)).distinct().count();
        if (beyond > 0) {
            notes.add("num_hidden_layers is " + config.layers() + ", but the file has " + beyond
                    + " more: as in transformers they are not used");
        }
        var unknown = weights.names().stream().filter(name -> !KNOWN.matcher(name).matches()).toList();
        if (!unknown.isEmpty()) {
            notes.add("the file has " + Plural.of(unknown.size(), "tensor") + " that " + config.modelType() + " has not, such as "
                    + unknown.get(0) + ": as in transformers " + (unknown.size() == 1 ? "it is" : "they are") + " not used"
                    + (unknown.get(0).contains(".lora_") ? "; merge the adapter first" : ""));
        }
        return notes;
    }

    private void unused(List<String> notes, String what, String why, boolean unwanted, String pattern) {
        var end = Pattern.compile(pattern);
        boolean there = weights.names().stream().map(LAYER::matcher)
                .anyMatch(name -> name.matches() && end.matcher(name.group(2)).matches());
        if (unwanted && there) {
            notes.add("the file has " + what + ", but " + why + ": as in transformers they are not used");
        }
    }

    /** Bit for bit; read piece by piece up to the first difference, since both may be larger than memory. */
    private static boolean same(StoredTensor first, StoredTensor second) {
        if (first.type() != second.type() || !Arrays.equals(first.shape(), second.shape())) {
            return false;
        }
        long step = Math.max(1, StoredTensor.PART_BYTES / Math.max(1, first.bytes() / Math.max(1, first.rows())));
        for (long row = 0; row < first.rows(); row += step) {
            long count = Math.min(step, first.rows() - row);
            if (!Arrays.equals(bytes(first.rows(row, count)), bytes(second.rows(row, count)))) {
                return false;
            }
        }
        return true;
    }

    private static byte[] bytes(StoredTensor tensor) {
        var buffer = ByteBuffer.allocate(Math.toIntExact(tensor.bytes()));
        tensor.read(buffer, whole -> { });
        return buffer.array();
    }
}
