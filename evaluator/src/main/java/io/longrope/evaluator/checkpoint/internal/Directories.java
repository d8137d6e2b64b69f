package io.longrope.evaluator.checkpoint.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;

/** Whole directories written at once. */
public final class Directories {

    private Directories() {
    }

    /** Fills a directory. */
    @FunctionalInterface
    public interface Content {
        void writeTo(Path directory) throws IOException;
    }

    /** Fills a temporary sibling, then puts it in the directory's place. What a broken attempt left behind is removed first. */
    public static void replace(Path directory, Content content) throws IOException {
        var target = directory.toAbsolutePath().normalize();
        var part = target.resolveSibling(target.getFileName() + ".part");
        var old = target.resolveSibling(target.getFileName() + ".old");
        delete(part);
        Files.createDirectories(part);
        content.writeTo(part);
        delete(old);
        if (Files.exists(target)) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        delete(old);
    }

    /** With all that is in it; nothing when it is not there. */
    public static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (var paths = Files.walk(directory)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
