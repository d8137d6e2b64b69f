package io.longrope.evaluator.text;

import io.longrope.search.problem.Suggestion;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The way out offered when a file below a directory is missing. */
public final class NearestFile {

    /** A directory of texts may hold millions. */
    private static final int MOST_NAMES = 10_000;

    private NearestFile() {
    }

    /**
     * "did you mean 'books/war.txt'?" when the first name of a path that is not there is nearly one that is; else empty.
     *
     * @param directory its links resolved; nothing outside of it is named
     * @param missing   relative to the directory, normalized
     */
    public static Optional<String> below(Path directory, Path missing) {
        var known = directory;
        for (int i = 0; i < missing.getNameCount(); i++) {
            if (!Files.exists(known.resolve(missing.getName(i)))) {
                return near(directory, known, missing.subpath(i, missing.getNameCount()));
            }
            known = known.resolve(missing.getName(i));
        }
        return Optional.empty();
    }

    private static Optional<String> near(Path directory, Path known, Path rest) {
        return Suggestion.near(rest.getName(0).toString(), names(directory, known)).map(name -> {
            var found = known.resolve(name);
            var whole = rest.getNameCount() == 1 ? found : found.resolve(rest.subpath(1, rest.getNameCount()));
            return Suggestion.of(directory.relativize(Files.exists(whole) ? whole : found).toString().replace('\\', '/'));
        });
    }

    private static List<String> names(Path directory, Path known) {
        try {
            if (!known.toRealPath().startsWith(directory)) {
                return List.of();
            }
            try (var files = Files.list(known)) {
                return files.limit(MOST_NAMES).map(file -> file.getFileName().toString()).sorted().toList();
            }
        } catch (IOException | UncheckedIOException e) {
            // what cannot be listed has no names to offer, and the complaint is another
            return List.of();
        }
    }
}
