package io.longrope.evaluator.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.evaluator.checkpoint.internal.ConfigFields;
import io.longrope.evaluator.checkpoint.internal.Remarks;
import io.longrope.evaluator.text.StartToken;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.evaluator.text.TokenizerFiles;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;
import io.longrope.search.table.gguf.GgufHeader;
import io.longrope.search.work.Precision;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A model on disk: a Hugging Face directory, or a GGUF file, which is presented as the directory it could have been made of. Opening
 * reads config.json and the headers of the weights only.
 */
public final class Checkpoint {

    private final Path path;
    private final CheckpointForm form;
    private final ModelConfig config;
    private final StoredTensors weights;
    private final Tokenizer tokenizer;
    private String fingerprint;
    private OptionalInt startToken;

    private Checkpoint(Path path, CheckpointForm form, ModelConfig config, StoredTensors weights) {
        this.path = path;
        this.form = form;
        this.config = config;
        this.weights = weights;
        this.tokenizer = Tokenizer.of(form.tokenizer(), config.vocabSize());
    }

    /** @throws BadInput when there is no checkpoint of a known family at that place */
    public static Checkpoint open(Path path) {
        var form = CheckpointForm.at(path);
        var config = ModelConfig.of(form.configPlace(), form.config());
        var weights = config.tiedEmbeddings() ? form.weights().withEmbeddingOfHead() : form.weights();
        var found = new WeightsAgainstConfig(config, weights);
        found.notes().forEach(note -> Remarks.tell(path.toString(), note));
        return new Checkpoint(path, form, found.hasOwnHead() ? config.withOwnHead() : config, weights);
    }

    /**
     * What a checkpoint says of itself, its weights unread, which may be missing.
     *
     * @throws BadInput when it says nothing that is known here
     */
    public static ModelConfig config(Path path) {
        var form = CheckpointForm.at(path);
        return ModelConfig.of(form.configPlace(), form.config());
    }

    /**
     * Puts a checkpoint into a directory as what transformers reads, as it is: nothing of it is checked. Weights of a GGUF file are written
     * out, in the format they are read in: float32 where they are quantized.
     *
     * @param own files below it are this program's own, so a second name for one is enough
     */
    public static void place(Path path, Path directory, Path own, ModelCopy how) throws IOException {
        var form = CheckpointForm.at(path);
        form.place(directory, own, how);
        Json.mapper().writerWithDefaultPrettyPrinter().writeValue(directory.resolve("config.json").toFile(), form.config());
    }

    /**
     * Writes the config.json of a checkpoint with a table in place of its rope keys and everything else unchanged. The weights stay unread.
     *
     * @return what could not be expressed: one sentence each
     * @throws BadInput when the table is another model's, or the engine cannot compute it
     */
    public static List<String> writeConfig(Path path, FactorTable table, Engine engine, Path file) throws IOException {
        var form = CheckpointForm.at(path);
        return new HuggingFaceFormat(engine).writeInto(table, form.configPlace(), form.config(), file);
    }

    /** True of a place that looks like a checkpoint in any form, whether or not it can be read. */
    public static boolean isAt(Path path) {
        return Files.isDirectory(path) || GgufHeader.isIn(path);
    }

    /** Its directory or file. */
    public Path path() {
        return path;
    }

    /** The name it goes by: that of its directory, or of its file without .gguf. */
    public String name() {
        var name = path.toAbsolutePath().normalize().getFileName().toString();
        return Files.isDirectory(path) || !name.endsWith(".gguf") ? name : name.substring(0, name.length() - ".gguf".length());
    }

    /** Its config.json, or what the config.json of a GGUF file would be. */
    public JsonNode configJson() {
        return form.config();
    }

    /** Where its tokenizer is kept. */
    public TokenizerFiles tokenizerFiles() {
        return form.tokenizer();
    }

    /** The tokenizer's files, into a directory that may have some of them. */
    public Directories.Content writtenTokenizer() {
        return form::writeTokenizer;
    }

    public ModelConfig config() {
        return config;
    }

    /** The token that opens a sample, as the tokenizer has it. */
    public synchronized OptionalInt startToken() {
        if (startToken == null) {
            startToken = startToken(StartToken.AUTO);
        }
        return startToken;
    }

    /** The token that opens a sample. */
    public OptionalInt startToken(StartToken choice) {
        return choice.of(form.tokenizer(), config.bosTokenId(), config.vocabSize());
    }

    /** The tokenizer of tokenizer.json, which is read at its first use. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /**
     * As {@link #precision()}; of a published config.json without weights what it says, and F32 where it says nothing.
     *
     * @throws BadInput when the weights or config.json cannot be read
     */
    public static Precision precision(Path path) {
        var form = CheckpointForm.at(path);
        if (form.hasWeights()) {
            return precision(path, form.weights());
        }
        var config = ConfigFields.of(form.configPlace(), form.config());
        var named = config.has("torch_dtype") ? config.text("torch_dtype") : config.has("dtype") ? config.text("dtype") : "float32";
        return switch (named) {
            case "bfloat16" -> Precision.BF16;
            case "float16" -> Precision.F16;
            default -> Precision.F32;
        };
    }

    /**
     * The number format that most of its weights are stored in: the precision to compute in where none is asked for. Of quantized weights
     * F32, in which what they stand for is exact.
     */
    public Precision precision() {
        return precision(path, weights);
    }

    private static Precision precision(Path path, StoredTensors weights) {
        if (weights.tensors().isEmpty()) {
            // the first complains of its format
            weights.names().stream().findFirst().ifPresent(weights::tensor);
        }
        var most = DataType.mostOf(weights.tensors()).orElseThrow(() -> new BadInput(path.toString(),
                "must have weights in F32, F16 or BF16", "none", ""));
        return switch (most) {
            case F32 -> Precision.F32;
            case F16 -> Precision.F16;
            case BF16 -> Precision.BF16;
        };
    }

    /** Names of all tensors stored, sorted. */
    public Set<String> names() {
        return weights.names();
    }

    /** @throws BadInput when there is no such tensor, or it is neither F32, F16 nor BF16 */
    public StoredTensor tensor(String name) {
        return weights.tensor(name);
    }

    /** @throws BadInput when there is no such tensor, or it has another shape */
    public StoredTensor tensor(String name, long... shape) {
        var tensor = weights.tensor(name);
        if (!Arrays.equals(tensor.shape(), shape)) {
            throw new BadInput(tensor.file().toString(), "must have tensor " + name + " of shape " + Arrays.toString(shape)
                    + " as config.json says", Arrays.toString(tensor.shape()), "");
        }
        return tensor;
    }

    /**
     * SHA-256 of what decides a score: the configuration but for extension, window and special tokens, which a candidate
     * and a sample set replace, and every weight. The same for any sharding. Reads all weights at the first call.
     */
    public synchronized String fingerprint() {
        if (fingerprint == null) {
            fingerprint = computeFingerprint();
        }
        return fingerprint;
    }

    /** True when both have the same configuration but for extension, window and special tokens. */
    public boolean isOfTheSameModelAs(Checkpoint other) {
        return decisive().equals(other.decisive());
    }

    private String computeFingerprint() {
        var digest = Json.sha256();
        update(digest, Json.canonical(decisive()));
        for (var tensor : weights.tensors()) {
            tensor.digest(digest);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private Map<String, Object> decisive() {
        var parts = new LinkedHashMap<String, Object>();
        parts.put("modelType", config.modelType());
        parts.put("vocabSize", config.vocabSize());
        parts.put("hiddenSize", config.hiddenSize());
        parts.put("intermediateSize", config.intermediateSize());
        parts.put("layers", config.layers());
        parts.put("heads", config.heads());
        parts.put("kvHeads", config.kvHeads());
        parts.put("headDim", config.headDim());
        parts.put("rotaryDim", config.rope().rotaryDim());
        parts.put("theta", config.rope().theta());
        parts.put("normEpsilon", config.normEpsilon());
        parts.put("tiedEmbeddings", config.tiedEmbeddings());
        parts.put("attentionBias", config.attentionBias());
        parts.put("queryKeyNorm", config.queryKeyNorm());
        parts.put("windows", config.windows());
        parts.put("variant", config.variant());
        if (config.positions() != PositionEncoding.ROPE) {
            parts.put("positions", config.positions());
        }
        return parts;
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
