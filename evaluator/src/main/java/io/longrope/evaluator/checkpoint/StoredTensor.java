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
import java.util.function.Consumer;

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

    /** Of a read to the heap. */
    static final int PART_BYTES = 1 << 20;

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
     * Reads the tensor in parts, one after the other, so that a tensor of any size needs the memory of one part. A map of the file would
     * stay until the garbage collector finds it, and count as this process's memory until then.
     *
     * @param buffer   takes each part from position 0 on, little-endian; of a whole number of elements
     * @param consumer is given it, flipped; must not keep it
     */
    public void read(ByteBuffer buffer, Consumer<ByteBuffer> consumer) {
        buffer.order(ByteOrder.LITTLE_ENDIAN);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long done = 0; done < bytes; done += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), bytes - done));
                while (buffer.hasRemaining()) {
                    if (channel.read(buffer, offset + done + buffer.position()) < 0) {
                        throw new BadInput(file.toString(), "must hold tensor " + name + " up to byte " + (offset + bytes),
                                channel.size() + " bytes", "the file changed after it was opened");
                    }
                }
                consumer.accept(buffer.flip());
            }
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", e.toString(), ""), e);
        }
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
        var values = new float[Math.toIntExact(elements())];
        var filled = new int[1];
        read(ByteBuffer.allocate(PART_BYTES), part -> {
            while (part.hasRemaining()) {
                values[filled[0]++] = type.read(part);
            }
        });
        return values;
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
