package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.internal.ConfigFields;
import io.longrope.evaluator.text.StartToken;
import io.longrope.evaluator.text.Tokenizer;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Precision;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** A Hugging Face checkpoint directory. Opening reads config.json and the headers of the weights only. */
public final class Checkpoint {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);

    private final Path directory;
    private final ModelConfig config;
    private final Safetensors weights;
    private final Tokenizer tokenizer;
    private String fingerprint;
    private OptionalInt startToken;

    private Checkpoint(Path directory, ModelConfig config, Safetensors weights) {
        this.directory = directory;
        this.config = config;
        this.weights = weights;
        this.tokenizer = Tokenizer.of(directory, config.vocabSize());
    }

    /** @throws BadInput when the directory is no checkpoint of a known family */
    public static Checkpoint open(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new BadInput(directory.toString(), "must be a checkpoint directory with config.json and safetensors",
                    Files.exists(directory) ? "a file" : "missing", "");
        }
        var config = ModelConfig.read(directory.resolve("config.json"));
        var weights = Safetensors.ofDirectory(directory);
        var found = new WeightsAgainstConfig(config, weights);
        found.notes().forEach(note -> LOG.warn("{}: {}", directory, note));
        return new Checkpoint(directory, found.hasOwnHead() ? config.withOwnHead() : config, weights);
    }

    public Path directory() {
        return directory;
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
        return choice.of(directory, config.bosTokenId(), config.vocabSize());
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
    public static Precision precision(Path directory) {
        if (Safetensors.isIn(directory)) {
            return precision(directory, Safetensors.ofDirectory(directory));
        }
        var config = ConfigFields.read(directory.resolve("config.json"));
        var named = config.has("torch_dtype") ? config.text("torch_dtype") : config.has("dtype") ? config.text("dtype") : "float32";
        return switch (named) {
            case "bfloat16" -> Precision.BF16;
            case "float16" -> Precision.F16;
            default -> Precision.F32;
        };
    }

    /** The number format that most of its weights are stored in: the precision to compute in where none is asked for. */
    public Precision precision() {
        return precision(directory, weights);
    }

    private static Precision precision(Path directory, Safetensors weights) {
        var bytes = new EnumMap<DataType, Long>(DataType.class);
        weights.tensors().forEach(tensor -> bytes.merge(tensor.type(), tensor.bytes() / tensor.type().bytes(), Long::sum));
        var most = bytes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow(() -> new BadInput(directory.toString(),
                "must have weights in F32, F16 or BF16", "none", "")).getKey();
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
        var buffer = ByteBuffer.allocate(StoredTensor.PART_BYTES);
        update(digest, Json.canonical(decisive()));
        for (var tensor : weights.tensors()) {
            update(digest, tensor.name() + " " + tensor.type() + Arrays.toString(tensor.shape()));
            tensor.read(buffer, digest::update);
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
        return directory.toString();
    }
}
