package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** A directory below which files may be opened, and nowhere else, whatever a message asks for. */
public final class Root {

    private final Path directory;
    private final String option;

    private Root(Path directory, String option) {
        this.directory = directory;
        this.option = option;
    }

    /**
     * @param option how a user names the root, for complaints, e.g. {@code --data}
     * @throws BadInput when it is no directory
     */
    public static Root of(Path directory, String option) {
        if (!Files.isDirectory(directory)) {
            throw new BadInput(option, "must be a directory", Files.exists(directory) ? directory + ", a file" : directory + ", missing",
                    "");
        }
        return new Root(real(directory, option), option);
    }

    public Path directory() {
        return directory;
    }

    /**
     * The file or directory of a path relative to the root, links resolved.
     *
     * @throws BadInput when it does not exist or lies elsewhere
     */
    public Path resolve(String path) {
        var relative = requirePlain(path);
        var file = directory.resolve(relative);
        if (!Files.exists(file)) {
            requireNoLink(file, "must lead to what lies below " + option);
            throw new BadInput(file.toString(), "must exist below " + option, "missing", NearestFile.below(directory, relative).orElse(""));
        }
        return requireInside(file);
    }

    /** @throws BadInput when the path could lead out of the root */
    Path requirePlain(String path) {
        // ./books and books/../books are books, as people type them
        var relative = parse(path).normalize();
        if (relative.isAbsolute() || path.isBlank() || relative.toString().isEmpty() || relative.startsWith("..")) {
            throw new BadInput(path, "must be a plain path below " + option, "outside or not plain",
                    relative.isAbsolute() && relative.startsWith(directory) && !relative.equals(directory)
                            ? "give it from " + option + " on: " + directory.relativize(relative)
                            : "leave out / at the start and ..");
        }
        return relative;
    }

    /** True when something of exactly that name lies below the root. */
    boolean has(String path) {
        return Files.exists(directory.resolve(requirePlain(path)));
    }

    /** @throws BadInput when a link leads out of the root */
    public Path requireInside(Path file) {
        var real = real(file, option);
        if (!real.startsWith(directory) || real.equals(directory)) {
            throw new BadInput(file.toString(), "must lie below " + option + " " + directory,
                    Files.isSymbolicLink(file) ? "a link to " + real : "by a link on the way at " + real,
                    "copy what it leads to, or let " + option + " be a directory that holds both");
        }
        return real;
    }

    /** @throws BadInput when it is a link, which then leads to nothing */
    static void requireNoLink(Path missing, String rule) {
        if (Files.isSymbolicLink(missing)) {
            throw new BadInput(missing.toString(), rule, Obstacle.ofLink(missing), "mend the link, or name what it was to lead to");
        }
    }

    /** The way {@link #resolve} is told of a file below the root: with / between names on every platform. */
    public String relativize(Path file) {
        return directory.relativize(requireInside(file)).toString().replace('\\', '/');
    }

    private Path parse(String path) {
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw new BadInput(new Problem(option, "must be asked for a path", e.getMessage(), ""), e);
        }
    }

    private static Path real(Path path, String option) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new BadInput(new Problem(path.toString(), "must be readable below " + option, Obstacle.of(e), ""), e);
        }
    }
}
