package io.longrope.evaluator.checkpoint;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A tensor of a checkpoint, left in its file until it is read: row-major, as transformers has it, whatever form the file keeps it in.
 */
public sealed interface StoredTensor permits SafetensorsTensor, GgufStoredTensor {

    /** Of a read to the heap. */
    int PART_BYTES = 1 << 20;

    /** As transformers calls it. */
    String name();

    /** Number format of the elements as they are read. */
    DataType type();

    /** Sizes of its dimensions, outermost first; empty for a scalar. */
    long[] shape();

    /** Where it lies, for messages. */
    Path file();

    /** Length of the elements as they are read. */
    default long bytes() {
        return elements() * type().bytes();
    }

    long elements();

    /** Size of the outermost dimension; 1 for a scalar. */
    default long rows() {
        return shape().length == 0 ? 1 : shape()[0];
    }

    /** Rows [from, from + count) as a tensor of their own at their place in the file. */
    StoredTensor rows(long from, long count);

    /**
     * Reads the tensor in parts, one after the other, so that a tensor of any size needs the memory of one part. A map of the file would
     * stay until the garbage collector finds it, and count as this process's memory until then.
     *
     * @param buffers  gives what takes the next part from position 0 on, little-endian; each of the same whole number of elements
     * @param consumer is given it, flipped
     */
    void read(Supplier<ByteBuffer> buffers, Consumer<ByteBuffer> consumer);

    /**
     * The same with one buffer for all parts.
     *
     * @param consumer must not keep it
     */
    default void read(ByteBuffer buffer, Consumer<ByteBuffer> consumer) {
        read(() -> buffer, consumer);
    }

    /** Its part in the fingerprint of a checkpoint: name, form and every byte. */
    void digest(MessageDigest digest);

    /** A copy on the heap, exact. For small tensors: at most 2^31 - 1 bytes. */
    default float[] toFloats() {
        var values = new float[Math.toIntExact(elements())];
        var filled = new int[1];
        read(ByteBuffer.allocate(PART_BYTES), part -> {
            while (part.hasRemaining()) {
                values[filled[0]++] = type().read(part);
            }
        });
        return values;
    }

    /** @throws IndexOutOfBoundsException when there are no such rows */
    default void requireRows(long from, long count) {
        if (from < 0 || count < 0 || from + count > rows()) {
            throw new IndexOutOfBoundsException("rows [" + from + ", " + (from + count) + ") of " + rows());
        }
    }
}
