package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which files are wanted of those below a directory, and below which directories one may lie: nothing else concerns a pattern. */
final class PathPattern {

    private final Path directory;
    private final PathMatcher whole;
    private final Optional<List<String>> names;

    /**
     * @param pattern of paths below the directory, as {@link java.nio.file.FileSystem#getPathMatcher} has them
     * @throws BadInput when it is none
     */
    PathPattern(Path directory, String pattern) {
        this.directory = directory;
        this.whole = matcher(directory, pattern);
        this.names = names(pattern);
    }

    boolean matches(Path file) {
        return whole.matches(directory.relativize(file));
    }

    /** False when nothing below a directory can match, whatever it holds. */
    boolean mayMatchBelow(Path place) {
        if (names.isEmpty()) {
            return true;
        }
        var way = directory.relativize(place);
        for (int i = 0; i < way.getNameCount(); i++) {
            if (names.get().get(i).contains("**")) {
                return true;
            }
            if (i + 1 >= names.get().size() || !matcher(directory, names.get().get(i)).matches(way.getName(i))) {
                return false;
            }
        }
        return true;
    }

    /** A pattern for each name on the way to a file; empty where a group reaches over several or a character is quoted. */
    private static Optional<List<String>> names(String pattern) {
        var names = new ArrayList<String>();
        int groups = 0;
        int from = 0;
        for (int i = 0; i < pattern.length(); i++) {
            char character = pattern.charAt(i);
            groups += character == '{' ? 1 : character == '}' ? -1 : 0;
            if (character == '\\' || character == '/' && groups > 0) {
                return Optional.empty();
            }
            if (character == '/') {
                names.add(pattern.substring(from, i));
                from = i + 1;
            }
        }
        names.add(pattern.substring(from));
        return Optional.of(names);
    }

    private static PathMatcher matcher(Path directory, String pattern) {
        try {
            return directory.getFileSystem().getPathMatcher("glob:" + pattern);
        } catch (IllegalArgumentException e) {
            throw new BadInput(new Problem(pattern, "must be a pattern of file names", String.valueOf(e.getMessage()), ""), e);
        }
    }
}
