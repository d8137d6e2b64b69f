package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.internal.ConfigFields;
import io.longrope.evaluator.checkpoint.internal.MissingWeights;
import io.longrope.evaluator.checkpoint.internal.Remarks;
import io.longrope.evaluator.checkpoint.internal.SafetensorsHeader;
import io.longrope.evaluator.checkpoint.internal.WeightNames;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tensors of one safetensors file, or of the shards an index names. Reads headers only; weights are mapped when asked
 * for. Tensors in formats no weight here can have (integers, float8) are listed but cannot be opened.
 */
public final class Safetensors implements StoredTensors {

    private static final String SINGLE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";

    private final String source;
    private final Map<String, SafetensorsTensor> tensors = new TreeMap<>();
    private final Map<String, String> unsupported = new TreeMap<>();

    private Safetensors(Path source) {
        this.source = source.toString();
    }

    /** True when a checkpoint directory has weights, whether or not they can be read. */
    static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(SINGLE)) || Files.exists(directory.resolve(INDEX));
    }

    /** {@code model.safetensors} of a checkpoint directory, or the shards of {@code model.safetensors.index.json}. */
    public static Safetensors ofDirectory(Path directory) {
        var single = directory.resolve(SINGLE);
        var index = directory.resolve(INDEX);
        // the same choice as transformers makes when there are both
        if (Files.exists(single)) {
            return ofFile(single).withUsualNames();
        }
        if (!Files.exists(index)) {
            throw MissingWeights.in(directory);
        }
        return ofShards(directory, index).withUsualNames();
    }

    public static Safetensors ofFile(Path file) {
        var safetensors = new Safetensors(file);
        safetensors.add(file);
        return safetensors;
    }

    private static Safetensors ofShards(Path directory, Path index) {
        var weightMap = ConfigFields.read(index).object("weight_map")
                .orElseThrow(() -> new BadInput(index.toString(), "must have a weight_map", "none", ""));
        var files = new TreeMap<String, Set<String>>();
        for (var name : weightMap.keys()) {
            files.computeIfAbsent(weightMap.text(name), file -> new TreeSet<>()).add(name);
        }
        var safetensors = new Safetensors(index);
        var paths = files.keySet().stream().map(name -> shard(directory, index, name)).toList();
        for (var shard : files.entrySet()) {
            var file = shard(directory, index, shard.getKey());
            if (!Files.exists(file)) {
                throw MissingWeights.shard(index, file, paths);
            }
            safetensors.add(file);
            for (var name : shard.getValue()) {
                if (!safetensors.names().contains(name)) {
                    throw new BadInput(file.toString(), "must hold tensor " + name + " as the index says", "no such tensor", "");
                }
            }
        }
        return safetensors;
    }

    private static Path shard(Path directory, Path index, String name) {
        try {
            var file = directory.resolve(name);
            if (directory.normalize().equals(file.normalize().getParent())) {
                return file;
            }
        } catch (InvalidPathException e) {
            throw new BadInput(new Problem(index.toString(), "must name files", name, ""), e);
        }
        throw new BadInput(index.toString(), "must name files of its own directory", name, "");
    }

    private void add(Path file) {
        boolean rounded = false;
        for (var entry : SafetensorsHeader.read(file)) {
            if (tensors.containsKey(entry.name()) || unsupported.containsKey(entry.name())) {
                throw new BadInput(file.toString(), "must not repeat a tensor of another shard", entry.name(), "");
            }
            boolean isDouble = entry.type().equals("F64");
            var read = isDouble ? DataType.F32.name() : entry.type();
            var type = Arrays.stream(DataType.values()).filter(known -> known.name().equals(read)).findFirst();
            if (type.isEmpty()) {
                unsupported.put(entry.name(), entry.type());
                continue;
            }
            tensors.put(entry.name(), new SafetensorsTensor(entry.name(), type.get(), isDouble, entry.shape(), file, entry.offset(),
                    entry.bytes()));
            rounded |= isDouble;
        }
        if (rounded) {
            Remarks.tell(file.toString(), "its weights are float64, and are rounded to float32 as they are read");
        }
    }

    /** Names of a bare model or of a wrapper's become those of transformers; told once, since the file has others. */
    private Safetensors withUsualNames() {
        if (!WeightNames.areNearMisses(names())) {
            return this;
        }
        var renamed = new TreeMap<String, SafetensorsTensor>();
        for (var tensor : tensors.values()) {
            var name = WeightNames.usual(tensor.name());
            if (renamed.put(name, tensor.named(name)) != null) {
                throw new BadInput(source, "must have each tensor once", name + " under two names", "");
            }
        }
        var example = tensors.keySet().stream().filter(name -> !name.equals(WeightNames.usual(name))).findFirst().orElseThrow();
        Remarks.tell(source, "tensor names are read without the prefixes they were saved with: " + example + " is "
                + WeightNames.usual(example));
        tensors.clear();
        tensors.putAll(renamed);
        return this;
    }

    @Override
    public StoredTensors withEmbeddingOfHead() {
        var embedding = WeightsAgainstConfig.EMBEDDING;
        var head = tensors.get(WeightsAgainstConfig.HEAD);
        if (head != null && !names().contains(embedding)) {
            Remarks.tell(source, embedding + " is missing: as in transformers " + head.name() + " counts, to which it is tied");
            tensors.remove(head.name());
            tensors.put(embedding, head.named(embedding));
        }
        return this;
    }

    @Override
    public Set<String> names() {
        var names = new TreeSet<>(tensors.keySet());
        names.addAll(unsupported.keySet());
        return Collections.unmodifiableSet(names);
    }

    @Override
    public List<StoredTensor> tensors() {
        return new ArrayList<>(tensors.values());
    }

    @Override
    public StoredTensor tensor(String name) {
        var tensor = tensors.get(name);
        if (tensor != null) {
            return tensor;
        }
        if (unsupported.containsKey(name)) {
            throw new BadInput(source, "must have tensor " + name + " as F32, F16, BF16 or F64", unsupported.get(name), "");
        }
        if (tensors.keySet().stream().anyMatch(other -> other.contains(".base_layer."))) {
            throw new BadInput(source, "must have tensor " + name, "a model with an adapter laid over it, not merged",
                    "merge it (merge_and_unload of peft) and save that");
        }
        var near = WeightNames.near(name, tensors.keySet());
        throw new BadInput(source, "must have tensor " + name, Plural.of(tensors.size(), "other"),
                near.isEmpty() ? "" : "near it: " + String.join(", ", near));
    }
}
