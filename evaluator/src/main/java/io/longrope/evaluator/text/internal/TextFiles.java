package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of a directory in path order. Links are followed where they stay below a boundary; one that leaves it is an error.
 * Names that begin with a dot, links to nowhere and what is no file are left out, and the log says so. What a pattern cannot match
 * is not looked at.
 */
public final class TextFiles {

    private final Path directory;
    private final Path boundary;
    private final Optional<PathPattern> pattern;
    private final List<Path> files = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final LeftOut hidden;
    private final LeftOut dangling;
    private final LeftOut circular;
    private final LeftOut noFiles;
    private final LeftOut unopened;

    private TextFiles(Path directory, Path boundary, Optional<PathPattern> pattern) {
        this.directory = directory;
        this.boundary = boundary;
        this.pattern = pattern;
        this.hidden = new LeftOut(directory.toString());
        this.dangling = new LeftOut(directory.toString());
        this.circular = new LeftOut(directory.toString());
        this.noFiles = new LeftOut(directory.toString());
        this.unopened = new LeftOut(directory.toString());
    }

    /**
     * All files below a directory.
     *
     * @param boundary directory that no link may leave, without links itself
     * @throws BadInput when links leave the boundary, or a directory cannot be read
     */
    public static List<Path> below(Path directory, Path boundary) {
        return new TextFiles(directory, boundary, Optional.empty()).list();
    }

    /** True when a path has wild cards: {@code *}, {@code ?}, {@code [...]} or <code>{...}</code>. */
    public static boolean isGlob(String path) {
        return path.chars().anyMatch(character -> "*?[{".indexOf(character) >= 0);
    }

    /** The directory that a pattern names before its first wild card: what matches lies below it. */
    public static Path start(Path directory, String pattern) {
        int wild = 0;
        while (wild < pattern.length() && "*?[{".indexOf(pattern.charAt(wild)) < 0) {
            wild++;
        }
        return directory.resolve(pattern.substring(0, Math.max(0, pattern.lastIndexOf('/', wild))));
    }

    /**
     * The files that match a pattern.
     *
     * @param directory where the pattern begins
     * @param pattern   of paths below the directory, as {@link java.nio.file.FileSystem#getPathMatcher} has them
     * @param boundary  see {@link #below}
     * @throws BadInput when there is none, or links on the way to one leave the boundary
     */
    public static List<Path> matching(Path directory, String pattern, Path boundary) {
        var start = start(directory, pattern);
        var wanted = new PathPattern(directory, pattern);
        var files = Files.isDirectory(start) ? new TextFiles(start, boundary, Optional.of(wanted)).list() : List.<Path>of();
        if (files.isEmpty()) {
            throw new BadInput(pattern, "must match files below " + directory, "none", "** matches over directories, * within a name");
        }
        return files;
    }

    private List<Path> list() {
        try {
            var real = directory.toRealPath();
            // what the way to it leads through was not looked at
            if (requireInside(directory, real)) {
                walk(directory, List.of(real));
            }
        } catch (IOException e) {
            throw new BadInput(new Problem(directory.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
        hidden.log("whose name begins with a dot");
        dangling.log("a link to nothing");
        circular.log("a link to a directory it lies in");
        noFiles.log("neither file nor directory");
        unopened.log("a directory, whose files ** matches");
        return files.stream().sorted().toList();
    }

    /** @param above real paths of the directories on the way here */
    private void walk(Path place, List<Path> above) throws IOException {
        List<Path> entries;
        try (var listing = Files.list(place)) {
            entries = listing.sorted().toList();
        }
        for (var entry : entries) {
            boolean matches = pattern.isEmpty() || pattern.get().matches(entry);
            boolean leadsOn = pattern.isEmpty() || pattern.get().mayMatchBelow(entry);
            if (!matches && !leadsOn) {
                continue;
            }
            if (entry.getFileName().toString().startsWith(".")) {
                hidden.add(name(entry));
            } else if (!Files.exists(entry)) {
                dangling.add(name(entry));
            } else if (Files.isDirectory(entry) && !leadsOn) {
                unopened.add(name(entry));
            } else if ((matches || Files.isDirectory(entry)) && isInside(entry)) {
                visit(entry, above);
            }
        }
    }

    private void visit(Path entry, List<Path> above) throws IOException {
        if (Files.isDirectory(entry)) {
            var real = entry.toRealPath();
            if (above.contains(real)) {
                circular.add(name(entry));
                return;
            }
            var further = new ArrayList<>(above);
            further.add(real);
            walk(entry, further);
        } else if (Files.isRegularFile(entry)) {
            files.add(entry);
        } else {
            noFiles.add(name(entry));
        }
    }

    private boolean isInside(Path entry) throws IOException {
        return !Files.isSymbolicLink(entry) || requireInside(entry, entry.toRealPath());
    }

    private boolean requireInside(Path entry, Path real) {
        if (!real.startsWith(boundary)) {
            problems.add(new Problem(entry.toString(), "must lie below " + boundary, "a link to " + real,
                    "copy what it leads to, or take the link away"));
            return false;
        }
        return true;
    }

    private String name(Path entry) {
        return directory.relativize(entry).toString();
    }
}
