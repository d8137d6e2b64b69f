package io.longrope.evaluator.checkpoint;

import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Writes safetensors files. The file appears under its name only when it is complete. */
public final class SafetensorsWriter {

    private static final int CHUNK_BYTES = 1 << 20;

    private SafetensorsWriter() {
    }

    /** Takes the values of a tensor, some at a time. */
    @FunctionalInterface
    public interface Sink {
        void put(float[] values) throws IOException;
    }

    /** Gives the values of a tensor. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Sink sink) throws IOException;
    }

    /**
     * A tensor to be written.
     *
     * @param content asked for once, when its turn comes; row-major, as many values as the shape has elements
     */
    public record Source(String name, long[] shape, Content content) {

        /** @param values all at once */
        public Source(String name, long[] shape, Supplier<float[]> values) {
            this(name, shape, (Content) sink -> sink.put(values.get()));
        }

        /** A tensor of another file, a few rows in memory at a time. */
        static Source of(StoredTensor tensor) {
            return new Source(tensor.name(), tensor.shape(), (Content) sink -> {
                long step = Math.max(1, CHUNK_BYTES * tensor.rows() / Math.max(1, tensor.bytes()));
                for (long row = 0; row < tensor.rows(); row += step) {
                    sink.put(tensor.rows(row, Math.min(step, tensor.rows() - row)).toFloats());
                }
            });
        }

        public Source {
            Require.notBlank(name, "tensor name");
            Require.that(Arrays.stream(shape).allMatch(size -> size >= 0), "shape of " + name, "must not be negative",
                    Arrays.toString(shape));
            shape = shape.clone();
        }

        long elements() {
            return Arrays.stream(shape).reduce(1, Math::multiplyExact);
        }
    }

    /** Writes the tensors in the given order, each rounded to the number format. */
    public static void write(Path file, DataType type, List<Source> tensors) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".part");
        try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            writeFully(channel, header(type, tensors));
            var chunk = ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
            for (var tensor : tensors) {
                write(channel, chunk, type, tensor);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static ByteBuffer header(DataType type, List<Source> tensors) {
        var json = new LinkedHashMap<String, Object>();
        // transformers refuses a file that does not say which framework's layout it has
        json.put("__metadata__", Map.of("format", "pt"));
        long offset = 0;
        for (var tensor : tensors) {
            long end = offset + tensor.elements() * type.bytes();
            var entry = new LinkedHashMap<String, Object>();
            entry.put("dtype", type.name());
            entry.put("shape", tensor.shape());
            entry.put("data_offsets", new long[] {offset, end});
            if (json.put(tensor.name(), entry) != null) {
                throw new IllegalArgumentException("two tensors named " + tensor.name());
            }
            offset = end;
        }
        var text = Json.write(json).getBytes(StandardCharsets.UTF_8);
        // trailing blanks align the data to 8 bytes
        int padded = (text.length + 7) / 8 * 8;
        var buffer = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(text);
        while (buffer.hasRemaining()) {
            buffer.put((byte) ' ');
        }
        return buffer.flip();
    }

    private static void write(FileChannel channel, ByteBuffer chunk, DataType type, Source tensor) throws IOException {
        long start = channel.position();
        tensor.content().writeTo(values -> {
            chunk.clear();
            for (float value : values) {
                type.write(value, chunk);
                if (chunk.remaining() < type.bytes()) {
                    writeFully(channel, chunk.flip());
                    chunk.clear();
                }
            }
            writeFully(channel, chunk.flip());
        });
        long written = (channel.position() - start) / type.bytes();
        if (written != tensor.elements()) {
            throw new IllegalArgumentException(tensor.name() + " has " + Plural.of(written, "value") + ", its shape " + tensor.elements());
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
