package io.longrope.search.file;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Files that appear under their name only when they are complete. */
public final class WholeFile {

    /** Fills the file it is given. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path part) throws IOException;
    }

    private WholeFile() {
    }

    public static void write(Path file, String text) throws IOException {
        write(file, part -> Files.write(part, text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * A device, a pipe or what else there is that is neither file nor directory is written to, not replaced.
     *
     * @throws FileSystemException when it cannot be written, before anything is computed for it where it is a directory
     */
    public static void write(Path file, Content content) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "must be a file to write, but is a directory");
        }
        var directory = file.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                content.writeTo(file);
                return;
            }
            // not Files.createTempFile: what it makes only its owner can read
            var part = Files.createFile(directory.resolve("." + file.getFileName() + "." + UUID.randomUUID() + ".part"));
            try {
                content.writeTo(part);
                move(part, file);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw naming(file, e);
        }
    }

    /** The same failure with the file in front: that of a disk that is full names none. */
    public static IOException naming(Path file, IOException failure) {
        return failure.getClass() == IOException.class ? new FileSystemException(file.toString(), null, failure.getMessage()) : failure;
    }

    private static void move(Path part, Path file) throws IOException {
        try {
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
