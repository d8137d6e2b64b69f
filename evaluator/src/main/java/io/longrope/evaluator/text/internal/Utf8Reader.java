package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * UTF-8 read strictly, a stretch at a time: a byte that is none is an error with its offset, not a question mark. A byte order
 * mark at the start is left out.
 */
public final class Utf8Reader extends Reader {

    private static final int BUFFER = 1 << 16;

    private final InputStream input;
    private final String source;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer characters = CharBuffer.allocate(BUFFER).flip();
    /** Offset in the input of the first byte of the buffer. */
    private long offset;
    private boolean ended;
    private boolean started;

    /** @param source for complaints */
    public Utf8Reader(InputStream input, String source) {
        this.input = input;
        this.source = source;
    }

    /** @throws BadInput when the next bytes are no UTF-8 */
    @Override
    public int read() throws IOException {
        return fill() ? characters.get() : -1;
    }

    /** The character {@link #read()} would give, which stays. */
    int peek() throws IOException {
        return fill() ? characters.get(characters.position()) : -1;
    }

    /** @throws BadInput when the next bytes are no UTF-8 */
    @Override
    public int read(char[] into, int from, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int given = Math.min(count, characters.remaining());
        characters.get(into, from, given);
        return given;
    }

    @Override
    public void close() throws IOException {
        input.close();
    }

    /** True when there is a character to give. */
    private boolean fill() throws IOException {
        while (!characters.hasRemaining()) {
            if (ended && !bytes.hasRemaining()) {
                return false;
            }
            decode();
        }
        return true;
    }

    private void decode() throws IOException {
        if (!ended) {
            offset += bytes.position();
            bytes.compact();
            int read = input.read(bytes.array(), bytes.position(), bytes.remaining());
            ended = read < 0;
            bytes.position(bytes.position() + Math.max(0, read)).flip();
        }
        characters.clear();
        var result = decoder.decode(bytes, characters, ended);
        if (result.isError()) {
            throw new BadInput(source, "must be UTF-8 text",
                    "byte " + (bytes.get(bytes.position()) & 0xff) + " at offset " + (offset + bytes.position()),
                    offset == 0 ? WayOut.of(bytes.array(), bytes.limit()) : "convert it to UTF-8");
        }
        characters.flip();
        if (!started && characters.hasRemaining()) {
            started = true;
            if (characters.get(0) == '\ufeff') {
                characters.get();
            }
        }
    }
}
