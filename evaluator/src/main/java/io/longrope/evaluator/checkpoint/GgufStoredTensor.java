package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.internal.BlockFormat;
import io.longrope.evaluator.checkpoint.internal.FilePart;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

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
 * A tensor lying in a GGUF file, given as transformers has it: dequantized, its rows in transformers' order.
 *
 * @param name      as transformers calls it
 * @param format    of its numbers in the file
 * @param shape     sizes of its dimensions, outermost first: one or two
 * @param file      the file
 * @param offset    where its first byte lies in the file, that of row 0 whatever {@code first} is
 * @param first     the first row of these
 * @param headRows  rows of a head whose halves the file keeps interleaved, row j d/2 + i at 2 i + j; 0 = in order
 * @param added     what the file's numbers are more than transformers': 1 for the norms of Gemma
 */
record GgufStoredTensor(String name, BlockFormat format, long[] shape, Path file, long offset, long first, int headRows, float added)
        implements StoredTensor {

    GgufStoredTensor {
        shape = shape.clone();
    }

    /** What blocks hold becomes float32, in which it is exact; plain numbers stay as they are. */
    @Override
    public DataType type() {
        return switch (format) {
            case F16 -> added == 0 ? DataType.F16 : DataType.F32;
            case BF16 -> added == 0 ? DataType.BF16 : DataType.F32;
            default -> DataType.F32;
        };
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    @Override
    public long elements() {
        return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }

    @Override
    public StoredTensor rows(long from, long count) {
        requireRows(from, count);
        var part = shape.clone();
        part[0] = count;
        return new GgufStoredTensor(name, format, part, file, offset, first + from, headRows, added);
    }

    @Override
    public void read(Supplier<ByteBuffer> buffers, Consumer<ByteBuffer> consumer) {
        var buffer = buffers.get().order(ByteOrder.LITTLE_ENDIAN).clear();
        var values = new float[columns()];
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var rows = new Rows(channel);
            for (long row = first; row < first + shape[0]; row++) {
                format.unpack(rows.at(place(row)), values);
                for (float value : values) {
                    type().write(value - added, buffer);
                    if (buffer.remaining() < type().bytes()) {
                        consumer.accept(buffer.flip());
                        buffer = buffers.get().order(ByteOrder.LITTLE_ENDIAN).clear();
                    }
                }
            }
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
        if (buffer.position() > 0) {
            consumer.accept(buffer.flip());
        }
    }

    /** The bytes as they lie in the file, which needs no dequantizing. */
    @Override
    public void digest(MessageDigest digest) {
        digest.update((name + " GGUF " + format + Arrays.toString(shape) + " " + headRows + " " + added + "\n")
                .getBytes(StandardCharsets.UTF_8));
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            var rows = new Rows(channel);
            for (long row = first; row < first + shape[0]; row++) {
                digest.update(rows.at(row));
            }
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }

    private int columns() {
        return shape.length == 1 ? 1 : Math.toIntExact(shape[1]);
    }

    private int rowBytes() {
        return Math.toIntExact((long) columns() / format.elements() * format.bytes());
    }

    /** Of transformers' row in the file. */
    private long place(long row) {
        if (headRows == 0) {
            return row;
        }
        long within = row % headRows;
        long half = headRows / 2;
        return row - within + 2 * (within % half) + within / half;
    }

    /** Rows of the file, read so many at a time: whole heads where their order changes. */
    private final class Rows {

        private final FileChannel channel;
        private final int together = headRows > 0 ? headRows : Math.max(1, PART_BYTES / 4 / Math.max(1, rowBytes()));
        private final ByteBuffer read = ByteBuffer.allocate(Math.multiplyExact(together, rowBytes())).order(ByteOrder.LITTLE_ENDIAN);
        private long from = -1;

        private Rows(FileChannel channel) {
            this.channel = channel;
        }

        private ByteBuffer at(long row) throws IOException {
            long group = row / together * together;
            if (group != from) {
                long rest = (first + shape[0] - group) * (long) rowBytes();
                read.clear().limit(headRows > 0 ? read.capacity() : (int) Math.min(read.capacity(), rest));
                long start = offset + group * rowBytes();
                FilePart.fill(read, channel, start, file, name, start + read.limit());
                from = group;
            }
            int at = Math.toIntExact((row - group) * rowBytes());
            return read.limit(at + rowBytes()).position(at);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufStoredTensor that && name.equals(that.name) && format == that.format
                && Arrays.equals(shape, that.shape) && file.equals(that.file) && offset == that.offset && first == that.first;
    }

    @Override
    public int hashCode() {
        return 31 * file.hashCode() + name.hashCode();
    }

    @Override
    public String toString() {
        return name + " " + format + Arrays.toString(shape) + " in " + file;
    }
}
