package io.longrope.search.table.gguf;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads little-endian values through a small buffer; running past the end is bad input, never an overrun. */
final class GgufInput {

    private final Path file;
    private final FileChannel channel;
    private final long size;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN).limit(0);
    private long filled;

    GgufInput(Path file, FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        this.size = channel.size();
    }

    /** Bytes read so far. */
    long position() {
        return filled - buffer.remaining();
    }

    long remaining() {
        return size - position();
    }

    int u8() throws IOException {
        return need(1).get() & 0xff;
    }

    /** As a long in [0, 2^32). */
    long u32() throws IOException {
        return need(4).getInt() & 0xffff_ffffL;
    }

    float f32() throws IOException {
        return need(4).getFloat();
    }

    double f64() throws IOException {
        return need(8).getDouble();
    }

    long i64() throws IOException {
        return need(8).getLong();
    }

    /** A count of things of at least the given size each, all of which must still be in the file. */
    long count(String what, long bytesEach) throws IOException {
        long count = need(8).getLong();
        if (count < 0 || count > remaining() / bytesEach) {
            throw bad(what + " must fit the file", Long.toUnsignedString(count));
        }
        return count;
    }

    String string(String what, int longest) throws IOException {
        long length = count("the length of " + what, 1);
        if (length > longest) {
            throw bad(what + " must be at most " + Plural.of(longest, "byte"), length);
        }
        return text(what, (int) length);
    }

    /** So many bytes of UTF-8. */
    String text(String what, int length) throws IOException {
        var bytes = new byte[length];
        for (int done = 0; done < bytes.length; ) {
            need(1);
            int part = Math.min(buffer.remaining(), bytes.length - done);
            buffer.get(bytes, done, part);
            done += part;
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw bad(what + " must be UTF-8", "other bytes");
        }
    }

    void skip(long bytes) throws IOException {
        if (bytes > remaining()) {
            throw endsEarly();
        }
        if (bytes <= buffer.remaining()) {
            buffer.position(buffer.position() + (int) bytes);
            return;
        }
        filled = position() + bytes;
        buffer.limit(0);
    }

    BadInput bad(String rule, Object found) {
        return new BadInput(file + " at byte " + position(), rule, found, "");
    }

    private ByteBuffer need(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return buffer;
        }
        buffer.compact();
        while (buffer.position() < bytes) {
            int read = channel.read(buffer, filled);
            if (read < 0) {
                throw endsEarly();
            }
            filled += read;
        }
        return buffer.flip();
    }

    private BadInput endsEarly() {
        return new BadInput(file.toString(), "must hold everything its header promises", "a file that ends after "
                + Plural.of(size, "byte"),
                "copy or download it again");
    }
}
