package io.longrope.evaluator.text;

import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The token ids of a corpus of any size, and where its documents begin, mapped from a file: reading a slice costs its pages and
 * nothing else. Safe for use by several threads. The file, little-endian:
 * <pre>
 *   0  8 bytes   "LRTOKENS"
 *   8  int       version of this format, {@value #VERSION}
 *  12  int       bytes of an id, 2 (unsigned) or 4
 *  16  long      T, tokens
 *  24  long      D, documents
 *  32  int       greatest id, -1 when there is none
 *  40  64 bytes  fingerprint of the tokenizer, hexadecimal; "none" and zeros where the text needs none
 * 104  64 bytes  fingerprint of the text's content, hexadecimal
 * 168  ids of T tokens, then zeros up to a multiple of 8
 *      D + 1 longs: the position of each document's first token, and T
 * </pre>
 */
public final class TokenFile {

    static final int VERSION = 1;
    static final int HEADER = 168;
    private static final long MAGIC = ByteBuffer.wrap("LRTOKENS".getBytes(StandardCharsets.US_ASCII)).order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    /** A multiple of every id's size; a mapping holds less than 2 GiB. Ids begin at a multiple of their size, so none lies across two. */
    private static final int SEGMENT = 1 << 30;

    private final ByteBuffer[] segments;
    private final int width;
    private final long tokens;
    private final long documents;
    private final int greatest;
    private final String fingerprint;

    private TokenFile(ByteBuffer[] segments) {
        var header = segments[0];
        this.segments = segments;
        this.width = header.getInt(12);
        this.tokens = header.getLong(16);
        this.documents = header.getLong(24);
        this.greatest = header.getInt(32);
        this.fingerprint = Json.sha256(VERSION + " " + text(header, 40) + " " + text(header, 104));
    }

    /**
     * Maps a file.
     *
     * @throws BadInput when it is no whole token file of this version
     */
    static TokenFile open(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            var segments = new ArrayList<ByteBuffer>();
            for (long from = 0; from < size; from += SEGMENT) {
                segments.add(channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(SEGMENT, size - from))
                        .order(ByteOrder.LITTLE_ENDIAN));
            }
            if (size < HEADER || segments.get(0).getLong(0) != MAGIC || segments.get(0).getInt(8) != VERSION) {
                throw new BadInput(file.toString(), "must be a token file of version " + VERSION, "something else",
                        "delete it: it is made anew");
            }
            var tokens = new TokenFile(segments.toArray(ByteBuffer[]::new));
            if (size != tokens.startsAt() + 8 * (tokens.documents + 1)) {
                throw new BadInput(file.toString(), "must be a whole token file", Plural.of(size, "byte"), "delete it: it is made anew");
            }
            return tokens;
        }
    }

    /** A few documents that need no file. */
    public static TokenFile of(List<int[]> documents) {
        long tokens = documents.stream().mapToLong(document -> document.length).sum();
        int greatest = documents.stream().flatMapToInt(Arrays::stream).max().orElse(-1);
        var bytes = ByteBuffer.allocate(Math.toIntExact(padded(HEADER + 4 * tokens) + 8L * (documents.size() + 1)))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.position(HEADER);
        documents.forEach(document -> Arrays.stream(document).forEach(bytes::putInt));
        bytes.position((int) padded(HEADER + 4 * tokens));
        long start = 0;
        for (var document : documents) {
            bytes.putLong(start);
            start += document.length;
        }
        bytes.putLong(start);
        var content = Json.sha256(bytes.array());
        bytes.put(0, header(4, tokens, documents.size(), greatest, Tokenizer.NO_FINGERPRINT, content), 0, HEADER);
        return new TokenFile(new ByteBuffer[] {bytes});
    }

    static byte[] header(int width, long tokens, long documents, int greatest, String tokenizer, String content) {
        var header = ByteBuffer.allocate(HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.putLong(MAGIC).putInt(VERSION).putInt(width).putLong(tokens).putLong(documents).putInt(greatest);
        header.put(40, tokenizer.getBytes(StandardCharsets.US_ASCII)).put(104, content.getBytes(StandardCharsets.US_ASCII));
        return header.array();
    }

    /** The next multiple of 8. */
    static long padded(long bytes) {
        return bytes + 7 & -8;
    }

    /** Tokens in all. */
    public long length() {
        return tokens;
    }

    public long documents() {
        return documents;
    }

    /** Position of a document's first token; of the document after the last, the length. */
    public long start(long document) {
        long at = startsAt() + 8 * document;
        return segments[(int) (at / SEGMENT)].getLong((int) (at % SEGMENT));
    }

    /** The last document that begins at a position or before it; of several, all but one of them empty, the one that has the token. */
    public long documentAt(long position) {
        long low = 0;
        long high = documents - 1;
        while (low < high) {
            long middle = low + high + 1 >>> 1;
            if (start(middle) <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** The ids in [from, from + count). */
    public int[] range(long from, int count) {
        if (from < 0 || count < 0 || from + count > tokens) {
            throw new IndexOutOfBoundsException(Plural.of(count, "token") + " from " + from + " of " + tokens);
        }
        var ids = new int[count];
        for (int i = 0; i < count; i++) {
            long at = HEADER + (from + i) * width;
            var segment = segments[(int) (at / SEGMENT)];
            ids[i] = width == 2 ? Short.toUnsignedInt(segment.getShort((int) (at % SEGMENT))) : segment.getInt((int) (at % SEGMENT));
        }
        return ids;
    }

    /** Tells apart texts that differ in content, and what different tokenizers make of a text. */
    public String fingerprint() {
        return fingerprint;
    }

    /** The greatest id; -1 when there is none. */
    int greatest() {
        return greatest;
    }

    private long startsAt() {
        return padded(HEADER + tokens * width);
    }

    private static String text(ByteBuffer header, int at) {
        var bytes = new byte[64];
        header.get(at, bytes);
        return new String(bytes, StandardCharsets.US_ASCII).strip().replace("\0", "");
    }
}
