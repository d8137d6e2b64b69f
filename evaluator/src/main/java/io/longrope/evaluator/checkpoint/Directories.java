package io.longrope.evaluator.checkpoint;

import io.longrope.search.file.WholeFile;

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

    /**
     * Fills a temporary sibling, then puts it in the directory's place. What a broken attempt left behind is removed first. A
     * process that ends between the two renames leaves the old directory beside the place: {@link #settle} brings it back.
     */
    public static void replace(Path directory, Content content) throws IOException {
        var target = directory.toAbsolutePath().normalize();
        var part = target.resolveSibling(target.getFileName() + ".part");
        var old = old(target);
        settle(target);
        delete(part);
        Files.createDirectories(part);
        try {
            content.writeTo(part);
        } catch (IOException e) {
            throw WholeFile.naming(target, e);
        }
        delete(old);
        if (Files.exists(target)) {
            Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
        }
        try {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            settle(target);
            throw e;
        }
        delete(old);
    }

    /** Puts the directory as it was back in its place, if a replacement ended before the new one was there. */
    public static void settle(Path directory) throws IOException {
        var target = directory.toAbsolutePath().normalize();
        if (!Files.exists(target) && Files.exists(old(target))) {
            Files.move(old(target), target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private static Path old(Path target) {
        return target.resolveSibling(target.getFileName() + ".old");
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
