package io.longrope.evaluator.checkpoint.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** Reads parts of files whose headers said how long they are. */
public final class FilePart {

    private FilePart() {
    }

    /**
     * Fills a buffer up to its limit.
     *
     * @param from   where the byte lies that goes to the buffer's position 0
     * @param tensor for the error
     * @param end    of the bytes that the header promised, for the error
     * @throws BadInput when the file ends before
     */
    public static void fill(ByteBuffer buffer, FileChannel channel, long from, Path file, String tensor, long end) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw new BadInput(file.toString(), "must hold tensor " + tensor + " up to byte " + end, Plural.of(channel.size(), "byte"),
                        "the file changed after it was opened");
            }
        }
    }
}
