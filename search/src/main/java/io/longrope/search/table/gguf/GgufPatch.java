package io.longrope.search.table.gguf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A changed copy of a GGUF file: metadata set or removed, one-dimensional float tensors added, replaced or removed;
 * everything else is copied byte for byte in its order.
 */
final class GgufPatch {

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    private final Map<String, float[]> tensors = new LinkedHashMap<>();
    private final Set<String> removed = new LinkedHashSet<>();

    GgufPatch set(String key, String value) {
        return put(key, GgufOutput.entry(key, value));
    }

    GgufPatch set(String key, int value) {
        return put(key, GgufOutput.entry(key, value));
    }

    GgufPatch set(String key, float value) {
        return put(key, GgufOutput.entry(key, value));
    }

    GgufPatch tensor(String name, float[] elements) {
        tensors.put(name, elements.clone());
        return this;
    }

    /** Drops metadata or a tensor of that name, where there is one. */
    GgufPatch remove(String name) {
        removed.add(name);
        return this;
    }

    void write(GgufHeader source, Path target) throws IOException {
        var entries = source.entries().values().stream().filter(entry -> !isChanged(entry.key())).toList();
        var kept = source.tensors().values().stream().filter(tensor -> !isChanged(tensor.name())).toList();
        var laidOut = layOut(kept, source.alignment());
        try (var in = FileChannel.open(source.file());
             var out = FileChannel.open(target, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                     StandardOpenOption.TRUNCATE_EXISTING)) {
            GgufOutput.write(out, GgufOutput.start(source.version(), laidOut.size(), entries.size() + values.size()));
            for (var entry : entries) {
                copy(in, entry.start(), entry.end() - entry.start(), out);
            }
            for (var value : values.values()) {
                GgufOutput.write(out, value);
            }
            for (var tensor : laidOut) {
                GgufOutput.write(out, GgufOutput.description(tensor));
            }
            GgufOutput.pad(out, source.alignment());
            for (var tensor : kept) {
                copy(in, source.dataStart() + tensor.offset(), tensor.bytes(), out);
                GgufOutput.pad(out, source.alignment());
            }
            for (var elements : tensors.values()) {
                var bytes = GgufOutput.buffer(4 * elements.length);
                for (float element : elements) {
                    bytes.putFloat(element);
                }
                GgufOutput.write(out, bytes);
                GgufOutput.pad(out, source.alignment());
            }
        }
    }

    private boolean isChanged(String name) {
        return removed.contains(name) || values.containsKey(name) || tensors.containsKey(name);
    }

    private List<GgufTensor> layOut(List<GgufTensor> kept, int alignment) {
        var result = new ArrayList<GgufTensor>();
        long offset = 0;
        for (var tensor : kept) {
            result.add(new GgufTensor(tensor.name(), tensor.dimensions(), tensor.type(), offset, tensor.bytes()));
            offset = GgufReader.align(offset + tensor.bytes(), alignment);
        }
        for (var tensor : tensors.entrySet()) {
            long length = tensor.getValue().length;
            result.add(new GgufTensor(tensor.getKey(), List.of(length), GgufTensorType.F32, offset, 4 * length));
            offset = GgufReader.align(offset + 4 * length, alignment);
        }
        return result;
    }

    private GgufPatch put(String key, byte[] entry) {
        values.put(key, entry);
        return this;
    }

    private static void copy(FileChannel in, long start, long length, FileChannel out) throws IOException {
        for (long done = 0; done < length; ) {
            long part = in.transferTo(start + done, length - done, out);
            if (part <= 0) {
                throw new IOException("the source file became shorter while it was copied");
            }
            done += part;
        }
    }
}
