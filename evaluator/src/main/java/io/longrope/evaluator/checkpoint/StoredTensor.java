package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A tensor lying in a safetensors file: row-major, little-endian. Equal when it lies at the same place.
 *
 * @param name   its name in the file
 * @param type   number format
 * @param shape  sizes of its dimensions, outermost first; empty for a scalar
 * @param file   the file
 * @param offset where its first byte lies in the file
 * @param bytes  its length there
 */
public record StoredTensor(String name, DataType type, long[] shape, Path file, long offset, long bytes) {

    public StoredTensor {
        Require.notBlank(name, "tensor name");
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    public long elements() {
        return bytes / type.bytes();
    }

    /** Size of the outermost dimension; 1 for a scalar. */
    public long rows() {
        return shape.length == 0 ? 1 : shape[0];
    }

    /** Rows [from, from + count) as a tensor of their own at their place in the file. */
    public StoredTensor rows(long from, long count) {
        requireRows(from, count);
        var part = shape.clone();
        part[0] = count;
        return new StoredTensor(name, type, part, file, offset + from * rowBytes(), count * rowBytes());
    }

    /**
     * The whole tensor as a read-only map with position 0; pages are read as they are touched.
     *
     * @throws IllegalStateException when it is 2 GiB or more: use {@link #mapRows}
     */
    public ByteBuffer map() {
        return mapBytes(offset, bytes);
    }

    /**
     * Rows [from, from + count) as a read-only map with position 0.
     *
     * @throws IllegalStateException when they are 2 GiB or more
     */
    public ByteBuffer mapRows(long from, long count) {
        requireRows(from, count);
        return mapBytes(offset + from * rowBytes(), count * rowBytes());
    }

    private long rowBytes() {
        return rows() == 0 ? 0 : bytes / rows();
    }

    private void requireRows(long from, long count) {
        if (from < 0 || count < 0 || from + count > rows()) {
            throw new IndexOutOfBoundsException("rows [" + from + ", " + (from + count) + ") of " + rows());
        }
    }

    /** A copy on the heap, exact. For small tensors: at most 2^31 - 1 bytes. */
    public float[] toFloats() {
        var buffer = map();
        var values = new float[Math.toIntExact(elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = type.read(buffer);
        }
        return values;
    }

    private ByteBuffer mapBytes(long start, long length) {
        if (length > Integer.MAX_VALUE) {
            throw new IllegalStateException(name + " has " + length + " bytes, more than one map holds");
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            // a map past the end of a file that shrank would end the process with SIGBUS when touched
            if (channel.size() < start + length) {
                throw new BadInput(file.toString(), "must hold tensor " + name + " up to byte " + (start + length),
                        channel.size() + " bytes", "the file changed after it was opened");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, start, length).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", e.toString(), ""), e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredTensor that && name.equals(that.name) && type == that.type
                && Arrays.equals(shape, that.shape) && file.equals(that.file) && offset == that.offset && bytes == that.bytes;
    }

    @Override
    public int hashCode() {
        return 31 * file.hashCode() + name.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + type + Arrays.toString(shape) + " in " + file;
    }
}
