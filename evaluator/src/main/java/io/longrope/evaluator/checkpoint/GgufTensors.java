package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.internal.BlockFormat;
import io.longrope.evaluator.checkpoint.internal.GgufArchitecture;
import io.longrope.evaluator.checkpoint.internal.WeightNames;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.table.gguf.GgufHeader;
import io.longrope.search.table.gguf.GgufTensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The weights of a GGUF file, as transformers has them. */
final class GgufTensors implements StoredTensors {

    /** What the rope settings are read from; no weights. */
    private static final Set<String> ROPE = Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

    private final GgufHeader header;
    private final Map<String, GgufStoredTensor> tensors = new TreeMap<>();

    /**
     * @param headDim rows of a head of the query and key projections
     * @throws BadInput with each tensor that no model of the architecture has, or whose format is not known
     */
    GgufTensors(GgufHeader header, int headDim) {
        this.header = header;
        var architecture = GgufArchitecture.of(header);
        var unknown = new TreeMap<String, List<String>>();
        var unread = new TreeMap<String, List<String>>();
        for (var tensor : header.tensors().values()) {
            if (ROPE.contains(tensor.name())) {
                continue;
            }
            var name = architecture.name(tensor.name());
            var format = BlockFormat.of(tensor.type().id());
            if (name.isEmpty()) {
                unknown.computeIfAbsent(tensor.name().replaceFirst("^blk\\.\\d+\\.", "blk.N."), kind -> new ArrayList<>())
                        .add(tensor.name());
            } else if (format.isEmpty()) {
                unread.computeIfAbsent(tensor.type().name(), kind -> new ArrayList<>()).add(tensor.name());
            } else if (tensor.dimensions().size() > 2) {
                throw header.bad(tensor.name(), "must have one or two dimensions", tensor.dimensions(), "");
            } else {
                tensors.put(name.get(), new GgufStoredTensor(name.get(), format.get(), shape(tensor), header.file(),
                        header.dataStart() + tensor.offset(), 0, architecture.interleaves(tensor.name()) ? headDim : 0,
                        architecture.added(tensor.name())));
            }
        }
        var problems = new ArrayList<Problem>();
        unknown.forEach((kind, names) -> problems.add(new Problem(header.file() + ": " + kind,
                "must be a tensor of a plain model of architecture " + architecture.name().toLowerCase(Locale.ROOT),
                names.size() + " of another kind", "experts and adapters are not known here")));
        unread.forEach((type, names) -> problems.add(new Problem(header.file() + ": " + names.get(0),
                "must be one of " + Arrays.toString(BlockFormat.values()), type + ", as " + Plural.of(names.size(), "tensor") + " are",
                "quantize the original to one of these")));
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    private static long[] shape(GgufTensor tensor) {
        var outermostFirst = new ArrayList<>(tensor.dimensions());
        Collections.reverse(outermostFirst);
        return outermostFirst.stream().mapToLong(Long::longValue).toArray();
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(tensors.keySet());
    }

    @Override
    public List<StoredTensor> tensors() {
        return List.copyOf(tensors.values());
    }

    @Override
    public StoredTensor tensor(String name) {
        var tensor = tensors.get(name);
        if (tensor == null) {
            var near = WeightNames.near(name, tensors.keySet());
            throw new BadInput(header.file().toString(), "must have what is tensor " + name + " in transformers",
                    Plural.of(tensors.size(), "other"), near.isEmpty() ? "" : "near it: " + String.join(", ", near));
        }
        return tensor;
    }
}
