package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** UTF-8 read strictly: a byte that is none is an error, not a question mark. */
public final class Utf8 {

    /** More text than an evaluation or a small pre-training needs, less than a Java array holds. */
    static final long MAXIMUM_BYTES = 1L << 30;

    private Utf8() {
    }

    public static byte[] read(Path file) throws IOException {
        long size = Files.size(file);
        if (size > MAXIMUM_BYTES) {
            throw new BadInput(file.toString(), "must be at most " + MAXIMUM_BYTES + " bytes", size, "split it into several files");
        }
        return Files.readAllBytes(file);
    }

    /** A byte order mark at the start is left out. */
    public static String decode(byte[] bytes, String source) {
        var input = ByteBuffer.wrap(bytes);
        var output = CharBuffer.allocate(bytes.length);
        var decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT);
        if (decoder.decode(input, output, true).isError()) {
            throw new BadInput(source, "must be UTF-8 text", "byte " + (bytes[input.position()] & 0xff) + " at offset " + input.position(),
                    "convert it to UTF-8");
        }
        var text = output.flip().toString();
        return text.startsWith("\ufeff") ? text.substring(1) : text;
    }
}
