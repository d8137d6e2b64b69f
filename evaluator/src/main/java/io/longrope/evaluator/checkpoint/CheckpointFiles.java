package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The files of a checkpoint directory, whose entries may be links, as in a hub cache: {@code snapshots/X/model.safetensors ->
 * ../../blobs/…}.
 */
public final class CheckpointFiles {

    /** Names the files that a directory of links refers to. */
    public static final String REFERS_TO = "REFERS-TO.txt";

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointFiles.class);
    private static final Pattern READ = Pattern.compile(".*\\.(json|safetensors|gguf|model|txt|jinja)");
    /** The same weights once more, in forms nothing here reads. */
    private static final Pattern OTHER_WEIGHTS = Pattern.compile("consolidated\\..*|.*\\.(bin|pth|pt|gguf|h5|msgpack|onnx|ot)");
    private static final Pattern WEIGHTS = Pattern.compile(".*\\.safetensors");

    private CheckpointFiles() {
    }

    /**
     * Checks where the links of a checkpoint lead.
     *
     * @param root      the directory that checkpoints are looked for in
     * @param option    what sets it, for the error
     * @param directory the checkpoint, below the root; of a GGUF file that
     * @throws BadInput with each file that is a link to nothing or to a file outside the root
     */
    public static void requireBelow(Path root, String option, Path directory) {
        var problems = new ArrayList<Problem>();
        try {
            var real = root.toRealPath();
            for (var file : entries(directory)) {
                boolean isRead = file.equals(directory) || READ.matcher(file.getFileName().toString()).matches();
                if (!Files.isSymbolicLink(file) || !isRead) {
                    continue;
                }
                if (!Files.exists(file)) {
                    problems.add(new Problem(file.toString(), "must lead to a file", Obstacle.ofLink(file),
                            "fetch the file again, or take the link away"));
                } else if (!file.toRealPath().startsWith(real)) {
                    problems.add(new Problem(file.toString(), "must lead to a file below " + option + " " + root,
                            "a link to " + file.toRealPath(),
                            option + " must be a directory that holds both, such as the whole cache"));
                }
            }
        } catch (IOException e) {
            throw new BadInput(new Problem(directory.toString(), "must be readable below " + option, Obstacle.of(e), ""), e);
        }
        if (!problems.isEmpty()) {
            throw new BadInput(problems);
        }
    }

    /**
     * Puts the files of a directory, links resolved, into another that lacks them. What is left out is told in a line of the log.
     *
     * @param own    files below it are this program's own, so a second name for one is enough
     * @param wanted of their names
     */
    public static void place(Path from, Path to, Path own, ModelCopy how, Predicate<String> wanted) throws IOException {
        var referred = new ArrayList<String>();
        for (var file : entries(from)) {
            var name = file.getFileName().toString();
            var target = to.resolve(name);
            if (!wanted.test(name) || Files.exists(target)) {
                continue;
            }
            if (!Files.isRegularFile(file)) {
                LOG.info("{} is left out of {}: {}", file, to, Files.isDirectory(file) ? "a directory" : "a link to nothing");
            } else if (OTHER_WEIGHTS.matcher(name).matches()) {
                LOG.info("{} is left out of {}: weights in another form", file, to);
            } else if (how == ModelCopy.REFER && WEIGHTS.matcher(name).matches() && !isOwn(file, own)) {
                Files.createSymbolicLink(target, file.toRealPath());
                referred.add(name + " -> " + file.toRealPath());
            } else {
                copy(file.toRealPath(), target, own);
            }
        }
        if (!referred.isEmpty()) {
            Files.writeString(to.resolve(REFERS_TO), "These weights are links to files elsewhere, which must stay where they are:\n"
                    + String.join("\n", referred) + "\n");
            LOG.info("{} refers to weights elsewhere: {}", to, String.join(", ", referred));
        }
    }

    /** Bytes of the weights in a directory, links followed; none of a GGUF file, whose weights are written anew wherever they go. */
    public static long bytes(Path directory) throws IOException {
        long bytes = 0;
        for (var file : entries(directory)) {
            bytes += Files.isRegularFile(file) && WEIGHTS.matcher(file.getFileName().toString()).matches() ? Files.size(file) : 0;
        }
        return bytes;
    }

    private static void copy(Path file, Path target, Path own) throws IOException {
        if (isOwn(file, own)) {
            try {
                Files.createLink(target, file);
                return;
            } catch (FileSystemException | UnsupportedOperationException e) {
                LOG.debug("{} is copied, not linked: {}", file, e.toString());
            }
        }
        var part = target.resolveSibling(target.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.copy(file, part);
        // a cache keeps its files read-only, which a copy need not be
        part.toFile().setWritable(true, true);
        Files.move(part, target);
    }

    private static boolean isOwn(Path file, Path own) throws IOException {
        return file.toRealPath().startsWith(own.toRealPath());
    }

    /** Of a GGUF file that is itself. */
    private static List<Path> entries(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of(directory);
        }
        try (var files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
