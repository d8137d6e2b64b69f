package io.longrope.evaluator.gguf;

import io.longrope.evaluator.checkpoint.AttentionBias;
import io.longrope.evaluator.checkpoint.BlockVariant;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.table.gguf.GgufWriter;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Writes a checkpoint of Llama's blocks as a GGUF file of architecture {@code llama}, with plain RoPE; the factors are put
 * in afterwards, as into any other GGUF file. Matrices are stored in the asked type, norms in float32. Rows of the query
 * and key projections change places: llama.cpp rotates neighbours (2i, 2i + 1) where checkpoints keep the halves
 * (i, i + d/2).
 */
public final class GgufModelWriter {

    private static final int PIECE_BYTES = 1 << 22;
    private static final float LARGEST_F16 = 65_504;
    private static final String ARCHITECTURE = "llama";

    private final Checkpoint checkpoint;
    private final ModelConfig config;
    private final DataType type;

    /** @throws BadInput when the model has other blocks than llama.cpp's architecture llama */
    public GgufModelWriter(Checkpoint checkpoint, DataType type) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.config();
        this.type = type;
        var name = checkpoint.toString();
        var wayOut = "convert it with llama.cpp's convert_hf_to_gguf.py and export into that file";
        Require.that(Set.of("llama", "mistral").contains(config.modelType()), name,
                "must be a llama or mistral model to become a GGUF file here",
                config.modelType(), wayOut);
        Require.that(config.variant().equals(BlockVariant.LLAMA) && !config.queryKeyNorm() && config.attentionBias() == AttentionBias.NONE,
                name,
                "must have Llama's blocks without biases to become a GGUF file here", "others", wayOut);
    }

    /** @return what the file does not say: one sentence each */
    public List<String> write(Path file) throws IOException {
        var writer = new GgufWriter();
        metadata(writer);
        GgufVocabulary.read(checkpoint.path().resolve("tokenizer.json"), config).writeTo(writer);
        tensors(writer);
        writer.write(file);
        var notes = new ArrayList<String>();
        if (!config.windows().isEmpty()) {
            notes.add("llama.cpp's architecture llama has no sliding window: every layer sees all positions.");
        }
        return notes;
    }

    private void metadata(GgufWriter writer) {
        writer.set("general.architecture", ARCHITECTURE)
                .set("general.name", checkpoint.name())
                .set("general.file_type", fileType());
        writer.set(key("context_length"), config.rope().originalLength()).set(key("embedding_length"), config.hiddenSize())
                .set(key("block_count"), config.layers()).set(key("feed_forward_length"), config.intermediateSize())
                .set(key("attention.head_count"), config.heads()).set(key("attention.head_count_kv"), config.kvHeads())
                .set(key("attention.key_length"), config.headDim()).set(key("attention.value_length"), config.headDim())
                .set(key("attention.layer_norm_rms_epsilon"), (float) config.normEpsilon())
                .set(key("rope.dimension_count"), config.rope().rotaryDim()).set(key("rope.freq_base"), (float) config.rope().theta())
                .set(key("vocab_size"), config.vocabSize());
    }

    private static String key(String name) {
        return ARCHITECTURE + "." + name;
    }

    /** llama_ftype. */
    private int fileType() {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 1;
            case BF16 -> 32;
        };
    }

    private void tensors(GgufWriter writer) {
        int width = config.hiddenSize();
        int queries = config.heads() * config.headDim();
        int keys = config.kvHeads() * config.headDim();
        plain(writer, "token_embd.weight", "model.embed_tokens.weight", config.vocabSize(), width);
        for (int layer = 0; layer < config.layers(); layer++) {
            var to = "blk." + layer + ".";
            var from = "model.layers." + layer + ".";
            plain(writer, to + "attn_norm.weight", from + "input_layernorm.weight", width);
            rotated(writer, to + "attn_q.weight", from + "self_attn.q_proj.weight", queries, width);
            rotated(writer, to + "attn_k.weight", from + "self_attn.k_proj.weight", keys, width);
            plain(writer, to + "attn_v.weight", from + "self_attn.v_proj.weight", keys, width);
            plain(writer, to + "attn_output.weight", from + "self_attn.o_proj.weight", width, queries);
            plain(writer, to + "ffn_norm.weight", from + "post_attention_layernorm.weight", width);
            plain(writer, to + "ffn_gate.weight", from + "mlp.gate_proj.weight", config.intermediateSize(), width);
            plain(writer, to + "ffn_up.weight", from + "mlp.up_proj.weight", config.intermediateSize(), width);
            plain(writer, to + "ffn_down.weight", from + "mlp.down_proj.weight", width, config.intermediateSize());
        }
        plain(writer, "output_norm.weight", "model.norm.weight", width);
        if (!config.tiedEmbeddings()) {
            plain(writer, "output.weight", "lm_head.weight", config.vocabSize(), width);
        }
    }

    private void plain(GgufWriter writer, String name, String stored, long... shape) {
        var tensor = checkpoint.tensor(stored, shape);
        var as = shape.length == 1 ? DataType.F32 : type;
        writer.tensor(name, GgufWriter.Type.valueOf(as.name()), shape, sink -> {
            long step = Math.max(1, PIECE_BYTES * tensor.rows() / Math.max(1, tensor.bytes()));
            for (long row = 0; row < tensor.rows(); row += step) {
                sink.put(bytes(as, tensor, tensor.rows(row, Math.min(step, tensor.rows() - row)).toFloats()));
            }
        });
    }

    /** Row j d/2 + i of a head, j in {0, 1}, becomes its row 2 i + j. */
    private void rotated(GgufWriter writer, String name, String stored, long... shape) {
        var tensor = checkpoint.tensor(stored, shape);
        int head = config.headDim();
        int columns = Math.toIntExact(shape[1]);
        writer.tensor(name, GgufWriter.Type.valueOf(type.name()), shape, sink -> {
            for (long first = 0; first < shape[0]; first += head) {
                var halves = tensor.rows(first, head).toFloats();
                var neighbours = new float[halves.length];
                for (int row = 0; row < head; row++) {
                    int moved = 2 * (row % (head / 2)) + row / (head / 2);
                    System.arraycopy(halves, row * columns, neighbours, moved * columns, columns);
                }
                sink.put(bytes(type, tensor, neighbours));
            }
        });
    }

    private static ByteBuffer bytes(DataType type, StoredTensor tensor, float[] values) {
        var buffer = ByteBuffer.allocate(values.length * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            if (type == DataType.F16 && Math.abs(value) > LARGEST_F16) {
                throw new BadInput(tensor.file() + ": " + tensor.name(), "must fit float16", value, "--gguf-type bf16 or f32 holds it");
            }
            type.write(value, buffer);
        }
        return buffer;
    }
}
