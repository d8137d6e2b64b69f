package io.longrope.evaluator.text;

import io.longrope.evaluator.text.internal.TextFile;
import io.longrope.evaluator.text.internal.TextFiles;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Text as a plan names it, of any size, in a fixed order of documents:
 * <ul>
 * <li>{@code .jsonl}, {@code .ndjson}, {@code .json}: a document per line, {@code {"text": …}} or, already tokenized,
 * {@code {"tokens": [ids]}};</li>
 * <li>{@code .parquet}: a document per row, from the column {@code text}, or from lists of ids in {@code tokens} or
 * {@code input_ids};</li>
 * <li>a {@code .jar} or {@code .zip} of Java sources: one long document, files in path order, licence comments left out
 * because their repetition flatters perplexity;</li>
 * <li>a {@code .zip} without Java sources, a {@code .tar}: the texts and JSON lines in it;</li>
 * <li>any other file: one document of UTF-8 text;</li>
 * <li>a directory: all of these below it in path order, names that start with a dot left out;</li>
 * <li>a pattern such as {@code books/*.jsonl.gz}: the files that match, in path order.</li>
 * </ul>
 * All but zip and Parquet files may be compressed, as {@code .gz} or {@code .zst}. A corpus only names files; {@link TokenStore}
 * reads them.
 */
public final class Corpus {

    private final Path path;
    private final List<TextFile> files;

    private Corpus(Path path, List<Path> files) {
        this.path = path;
        this.files = files.stream().map(TextFile::of).toList();
        if (files.isEmpty()) {
            throw empty();
        }
    }

    /**
     * A text that the user of this process names himself.
     *
     * @param path a file, a directory that its links must not leave, or a pattern, whose links must not leave the working directory or,
     *             where it begins elsewhere, that place
     * @throws BadInput when it is missing or a link leaves it
     */
    public static Corpus of(Path path) {
        if (!Files.exists(path) && TextFiles.isGlob(path.toString())) {
            var directory = Path.of("").toAbsolutePath();
            var base = path.isAbsolute() ? path.getRoot() : directory;
            var pattern = base.relativize(path.toAbsolutePath().normalize()).toString();
            return new Corpus(path, TextFiles.matching(base, pattern, boundary(base, TextFiles.start(base, pattern))));
        }
        if (!Files.exists(path)) {
            Root.requireNoLink(path, "must lead to a text file, an archive or a directory of them");
            throw new BadInput(path.toString(), "must be a text file, an archive, a directory of them or a pattern", "missing", "");
        }
        return new Corpus(path, Files.isDirectory(path) ? TextFiles.below(path, real(path)) : List.of(path));
    }

    /**
     * A text below a root, and nothing else, whatever its name asks for.
     *
     * @param text path of a file or directory below the root, or a pattern
     * @throws BadInput when it is missing, or lies elsewhere, itself or by a link in it
     */
    public static Corpus below(Root root, String text) {
        if (TextFiles.isGlob(text) && !root.has(text)) {
            var pattern = root.requirePlain(text);
            return new Corpus(root.directory().resolve(pattern),
                    TextFiles.matching(root.directory(), pattern.toString(), root.directory()));
        }
        var path = root.resolve(text);
        return new Corpus(path, Files.isDirectory(path) ? TextFiles.below(path, root.directory()) : List.of(path));
    }

    /** True when a name has wild cards: {@code *}, {@code ?}, {@code [...]} or <code>{...}</code>. */
    public static boolean isPattern(String text) {
        return TextFiles.isGlob(text);
    }

    /** The file or directory that was asked for, or the pattern, below whatever root it was asked for. */
    public Path path() {
        return path;
    }

    /** Its files in the order they are read. */
    List<TextFile> files() {
        return files;
    }

    BadInput empty() {
        return new BadInput(path.toString(), "must hold text", "empty", "");
    }

    /** The user may name a place elsewhere, as a directory by its name. */
    private static Path boundary(Path base, Path start) {
        return Files.isDirectory(start) && !real(start).startsWith(base) ? real(start) : base;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new BadInput(new Problem(path.toString(), "must be readable", Obstacle.of(e), ""), e);
        }
    }
}
