package io.longrope.search.table.gguf;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;
import io.longrope.search.file.WholeFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a GGUF file of version 3 from nothing: metadata, then tensors, in the order they were given. */
public final class GgufWriter {

    private static final int VERSION = 3;
    private static final int ALIGNMENT = 32;

    private final Map<String, byte[]> entries = new LinkedHashMap<>();
    private final List<GgufTensor> tensors = new ArrayList<>();
    private final List<Content> contents = new ArrayList<>();
    private long end;

    /** How a tensor's elements are stored. */
    public enum Type {
        F32(0, 4), F16(1, 2), BF16(30, 2);

        private final int id;
        private final int bytes;

        Type(int id, int bytes) {
            this.id = id;
            this.bytes = bytes;
        }
    }

    /** Gives a tensor's elements, asked for once when their turn comes. */
    @FunctionalInterface
    public interface Content {

        /** Puts all elements, little-endian, into what {@code sink} takes, in pieces of any size. */
        void writeTo(Sink sink) throws IOException;
    }

    /** Takes bytes that have been put into a buffer, which may be used again. */
    @FunctionalInterface
    public interface Sink {
        void put(ByteBuffer filled) throws IOException;
    }

    public GgufWriter set(String key, String value) {
        return put(key, GgufOutput.entry(key, value));
    }

    public GgufWriter set(String key, int value) {
        return put(key, GgufOutput.entry(key, value));
    }

    public GgufWriter set(String key, float value) {
        return put(key, GgufOutput.entry(key, value));
    }

    public GgufWriter set(String key, boolean value) {
        return put(key, GgufOutput.entry(key, value));
    }

    public GgufWriter set(String key, List<String> values) {
        return put(key, GgufOutput.strings(key, values));
    }

    public GgufWriter set(String key, int[] values) {
        return put(key, GgufOutput.integers(key, values));
    }

    public GgufWriter set(String key, float[] values) {
        return put(key, GgufOutput.floats(key, values));
    }

    /** @param shape outermost dimension first, as in safetensors; the file has them the other way round */
    public GgufWriter tensor(String name, Type type, long[] shape, Content content) {
        Require.that(tensors.stream().noneMatch(tensor -> tensor.name().equals(name)), "tensor " + name, "must be given once", "twice");
        var dimensions = new ArrayList<Long>();
        long bytes = type.bytes;
        for (int i = shape.length - 1; i >= 0; i--) {
            dimensions.add(shape[i]);
            bytes *= shape[i];
        }
        tensors.add(new GgufTensor(name, List.copyOf(dimensions), GgufTensorType.of(type.id), end, bytes));
        contents.add(content);
        end = GgufReader.align(end + bytes, ALIGNMENT);
        return this;
    }

    /** The file appears whole or not at all. */
    public void write(Path file) throws IOException {
        WholeFile.write(file, this::writeTo);
    }

    private void writeTo(Path part) throws IOException {
        try (var out = FileChannel.open(part, StandardOpenOption.WRITE)) {
            GgufOutput.write(out, GgufOutput.start(VERSION, tensors.size(), entries.size()));
            for (var entry : entries.values()) {
                GgufOutput.write(out, entry);
            }
            for (var tensor : tensors) {
                GgufOutput.write(out, GgufOutput.description(tensor));
            }
            GgufOutput.pad(out, ALIGNMENT);
            for (int i = 0; i < tensors.size(); i++) {
                long start = out.position();
                contents.get(i).writeTo(filled -> GgufOutput.write(out, filled));
                if (out.position() - start != tensors.get(i).bytes()) {
                    throw new IllegalArgumentException(tensors.get(i).name() + " has " + Plural.of(out.position() - start, "byte")
                            + ", its shape "
                            + tensors.get(i).bytes());
                }
                GgufOutput.pad(out, ALIGNMENT);
            }
        }
    }

    private GgufWriter put(String key, byte[] entry) {
        Require.that(entries.put(key, entry) == null, key, "must be given once", "twice");
        return this;
    }
}
