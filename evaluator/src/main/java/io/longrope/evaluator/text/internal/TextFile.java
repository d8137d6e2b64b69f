package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.zip.ZipException;

/**
 * A file of a corpus.
 *
 * @param path   where it is
 * @param format what it is
 */
public record TextFile(Path path, TextFormat format) {

    public static TextFile of(Path path) {
        return new TextFile(path, TextFormat.of(path.toString()));
    }

    /**
     * Gives its documents to a sink.
     *
     * @param progress is told bytes of the file that have been read since it was last told
     * @throws BadInput when it is missing, broken or no text
     */
    public void read(DocumentSink sink, LongConsumer progress) throws IOException {
        try {
            switch (format.content()) {
                case TEXT, JSON_LINES -> {
                    try (var input = open(progress)) {
                        readStream(format, input, path.toString(), sink);
                    }
                }
                case ZIP -> new ZipText(path).read(sink, progress);
                case TAR -> {
                    try (var input = open(progress)) {
                        TarText.read(input, path.toString(), sink);
                    }
                }
                case PARQUET -> new ParquetText(path).read(sink, progress);
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (ZipException | EOFException e) {
            throw new BadInput(new Problem(path.toString(), "must be a whole " + kind() + " file", String.valueOf(e.getMessage()), ""), e);
        } catch (IOException e) {
            throw new BadInput(new Problem(path.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }

    /** A file of one document, or a member of an archive. */
    static void readStream(TextFormat format, InputStream input, String name, DocumentSink sink) throws IOException {
        var text = new Utf8Reader(format.unpacked(input), name);
        if (format.content() == TextFormat.Content.JSON_LINES) {
            JsonLines.read(text, name, sink);
        } else {
            sink.textUnlessBlank(name, text);
        }
    }

    private String kind() {
        return (format.content() + (format.compression() == TextFormat.Compression.NONE ? "" : " " + format.compression()))
                .toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private InputStream open(LongConsumer progress) throws IOException {
        var counted = new BufferedInputStream(new Counted(Files.newInputStream(path), progress), 1 << 16);
        return format.content() == TextFormat.Content.TAR ? format.unpacked(counted) : counted;
    }

    private static final class Counted extends FilterInputStream {

        private final LongConsumer progress;

        Counted(InputStream input, LongConsumer progress) {
            super(input);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            progress.accept(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] into, int from, int count) throws IOException {
            int read = super.read(into, from, count);
            progress.accept(Math.max(0, read));
            return read;
        }
    }
}
