package io.longrope.progressive.driver;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file that grows line by line. A line that was being written when the process died is dropped. Thread-safe. */
public final class LineFile implements AutoCloseable {

    /** No channel: one that is written by a thread just interrupted closes itself. */
    private final FileOutputStream stream;

    private LineFile(FileOutputStream stream) {
        this.stream = stream;
    }

    /** The whole lines of a file; none where there is no file. */
    public static List<String> lines(Path path) throws IOException {
        return Files.exists(path) ? whole(path).lines().toList() : List.of();
    }

    /** Opens a file to be written on. */
    public static LineFile open(Path path) throws IOException {
        if (Files.exists(path)) {
            try (var file = new RandomAccessFile(path.toFile(), "rw")) {
                file.setLength(whole(path).getBytes(StandardCharsets.UTF_8).length);
            }
        }
        return new LineFile(new FileOutputStream(path.toFile(), true));
    }

    /** @throws UncheckedIOException when it cannot be written */
    public synchronized void append(String line) {
        try {
            stream.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        stream.close();
    }

    private static String whole(Path path) throws IOException {
        // a torn line may end within a character, which must not keep the others from being read
        var text = new String(Files.readAllBytes(path), StandardCharsets.UTF_8);
        return text.substring(0, text.lastIndexOf('\n') + 1);
    }
}
