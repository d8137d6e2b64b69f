package io.longrope.evaluator.text;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/**
 * Writes a {@link TokenFile} piece by piece. What is written survives the process: a writer opened anew has the pieces that were
 * finished, and is only told again of them, in the same order. Beside the file, until it is whole: {@code NAME.part} with header
 * and ids, {@code NAME.pieces} with an int of tokens and a CRC-32 for each finished piece, {@code NAME.starts} with a long for each
 * document.
 */
final class TokenFileWriter implements Closeable {

    private static final int BUFFER = 1 << 20;
    private static final int RECORD = 8;

    private final Path file;
    private final int width;
    private final FileChannel ids;
    private final FileChannel pieces;
    private final FileChannel starts;
    private final ByteBuffer idBuffer;
    private final ByteBuffer pieceBuffer = ByteBuffer.allocate(1 << 13).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer startBuffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final long finished;
    private ByteBuffer known = ByteBuffer.allocate(0);
    private long told;
    private long tokens;
    private long documents;
    private int greatest = -1;

    /** @param width bytes of an id, 2 or 4 */
    TokenFileWriter(Path file, int width) throws IOException {
        this.file = file;
        this.width = width;
        this.idBuffer = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
        this.ids = channel(".part");
        this.pieces = channel(".pieces");
        this.starts = channel(".starts");
        starts.truncate(0);
        finished = keepWhole();
    }

    /** Pieces that are there from before. */
    long finished() {
        return finished;
    }

    /** The pieces that follow belong to the next document. */
    void startDocument() throws IOException {
        if (!startBuffer.hasRemaining()) {
            empty(startBuffer, starts);
        }
        startBuffer.putLong(tokens);
        documents++;
    }

    /** The next piece is one of those that are there from before. */
    void skip() throws IOException {
        if (!known.hasRemaining()) {
            known = ByteBuffer.allocate((int) Math.min(BUFFER, (finished - told) * RECORD)).order(ByteOrder.LITTLE_ENDIAN);
            readFully(pieces, known, told * RECORD);
        }
        tokens += known.getInt();
        known.getInt();
        told++;
    }

    /** The ids of the next piece, which is not there yet. */
    void append(int[] piece) throws IOException {
        var check = new CRC32();
        for (int from = 0; from < piece.length; from += BUFFER / width) {
            int to = Math.min(piece.length, from + BUFFER / width);
            if (idBuffer.remaining() < (to - from) * width) {
                flush();
            }
            int start = idBuffer.position();
            for (int i = from; i < to; i++) {
                greatest = Math.max(greatest, piece[i]);
                if (width == 2) {
                    idBuffer.putShort((short) piece[i]);
                } else {
                    idBuffer.putInt(piece[i]);
                }
            }
            check.update(idBuffer.array(), start, idBuffer.position() - start);
        }
        tokens += piece.length;
        if (!pieceBuffer.hasRemaining()) {
            flush();
        }
        pieceBuffer.putInt(piece.length).putInt((int) check.getValue());
    }

    long tokens() {
        return tokens;
    }

    long documents() {
        return documents;
    }

    /** Makes the file whole and gives it its name. */
    void finish(String tokenizer, String content) throws IOException {
        flush();
        empty(startBuffer, starts);
        startBuffer.putLong(tokens);
        empty(startBuffer, starts);
        long startsAt = TokenFile.padded(TokenFile.HEADER + tokens * width);
        ids.position(ids.size());
        write(ids, ByteBuffer.allocate((int) (startsAt - ids.size())));
        long size = starts.size();
        for (long copied = 0; copied < size; ) {
            copied += starts.transferTo(copied, size - copied, ids);
        }
        ids.position(0);
        write(ids, ByteBuffer.wrap(TokenFile.header(width, tokens, documents, greatest, tokenizer, content)));
        // a machine that loses power must not leave a whole name with half a content
        ids.force(true);
        close();
        Files.move(path(".part"), file, StandardCopyOption.ATOMIC_MOVE);
        discard();
    }

    /** Removes what was written so far. */
    void discard() throws IOException {
        close();
        for (var suffix : new String[] {".part", ".pieces", ".starts"}) {
            Files.deleteIfExists(path(suffix));
        }
    }

    /** Keeps what is finished. */
    @Override
    public void close() throws IOException {
        if (ids.isOpen()) {
            flush();
        }
        ids.close();
        pieces.close();
        starts.close();
    }

    /** Ids before the record that says they are there. */
    private void flush() throws IOException {
        empty(idBuffer, ids);
        empty(pieceBuffer, pieces);
    }

    /** Counts the pieces whose ids are all there, and cuts off what follows them. */
    private long keepWhole() throws IOException {
        long count = 0;
        long end = TokenFile.HEADER;
        var record = ByteBuffer.allocate(RECORD).order(ByteOrder.LITTLE_ENDIAN);
        while (pieces.size() >= (count + 1) * RECORD) {
            readFully(pieces, record.clear(), count * RECORD);
            long bytes = (long) record.getInt() * width;
            if (bytes < 0 || end + bytes > ids.size() || !isWhole(end, bytes, record.getInt())) {
                break;
            }
            end += bytes;
            count++;
        }
        pieces.truncate(count * RECORD).position(count * RECORD);
        ids.truncate(end).position(end);
        return count;
    }

    private boolean isWhole(long from, long bytes, int expected) throws IOException {
        var check = new CRC32();
        int largest = greatest;
        for (long at = 0; at < bytes; at += BUFFER) {
            idBuffer.clear().limit((int) Math.min(BUFFER, bytes - at));
            readFully(ids, idBuffer, from + at);
            check.update(idBuffer.array(), 0, idBuffer.limit());
            while (idBuffer.hasRemaining()) {
                largest = Math.max(largest, width == 2 ? Short.toUnsignedInt(idBuffer.getShort()) : idBuffer.getInt());
            }
        }
        idBuffer.clear();
        boolean isWhole = (int) check.getValue() == expected;
        greatest = isWhole ? largest : greatest;
        return isWhole;
    }

    private FileChannel channel(String suffix) throws IOException {
        return FileChannel.open(path(suffix), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private Path path(String suffix) {
        return file.resolveSibling(file.getFileName() + suffix);
    }

    private static void empty(ByteBuffer buffer, FileChannel into) throws IOException {
        write(into, buffer.flip());
        buffer.clear();
    }

    private static void write(FileChannel into, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            into.write(bytes);
        }
    }

    private static void readFully(FileChannel from, ByteBuffer into, long at) throws IOException {
        long position = at;
        while (into.hasRemaining()) {
            int read = from.read(into, position);
            if (read < 0) {
                throw new IOException("the file became shorter while it was read");
            }
            position += read;
        }
        into.flip();
    }
}
