package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.internal.FilePart;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A tensor lying in a safetensors file: row-major, little-endian. Equal when it lies at the same place.
 *
 * @param name     its name in the file
 * @param type     number format it is read in
 * @param isDouble true of a file that keeps it in float64, which is rounded to F32 as it is read
 * @param shape    sizes of its dimensions, outermost first; empty for a scalar
 * @param file     the file
 * @param offset   where its first byte lies in the file
 * @param stored   its length there
 */
record SafetensorsTensor(String name, DataType type, boolean isDouble, long[] shape, Path file, long offset, long stored)
        implements StoredTensor {

    SafetensorsTensor {
        Require.notBlank(name, "tensor name");
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public long elements() {
        return stored / (isDouble ? Double.BYTES : type.bytes());
    }

    @Override
    public StoredTensor rows(long from, long count) {
        requireRows(from, count);
        var part = shape.clone();
        part[0] = count;
        return new SafetensorsTensor(name, type, isDouble, part, file, offset + from * rowBytes(), count * rowBytes());
    }

    /** The same under another name. */
    SafetensorsTensor named(String other) {
        return new SafetensorsTensor(other, type, isDouble, shape, file, offset, stored);
    }

    @Override
    public void read(Supplier<ByteBuffer> buffers, Consumer<ByteBuffer> consumer) {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long done = 0, length; done < stored; done += length) {
                var buffer = buffers.get().order(ByteOrder.LITTLE_ENDIAN).clear();
                length = Math.min(Math.multiplyExact(isDouble ? 2L : 1L, buffer.capacity()), stored - done);
                var part = isDouble ? ByteBuffer.allocate((int) length).order(ByteOrder.LITTLE_ENDIAN) : buffer.limit((int) length);
                FilePart.fill(part, channel, offset + done, file, name, offset + stored);
                if (isDouble) {
                    part.flip();
                    while (part.hasRemaining()) {
                        buffer.putFloat((float) part.getDouble());
                    }
                }
                consumer.accept(buffer.flip());
            }
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }

    private long rowBytes() {
        return rows() == 0 ? 0 : stored / rows();
    }

    /** As before there were other forms: results that refer to a checkpoint by its fingerprint stay valid. */
    @Override
    public void digest(MessageDigest digest) {
        digest.update((name + " " + type + Arrays.toString(shape) + "\n").getBytes(StandardCharsets.UTF_8));
        read(ByteBuffer.allocate(PART_BYTES), digest::update);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SafetensorsTensor that && name.equals(that.name) && type == that.type && isDouble == that.isDouble
                && Arrays.equals(shape, that.shape) && file.equals(that.file) && offset == that.offset && stored == that.stored;
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
