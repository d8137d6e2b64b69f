package io.longrope.evaluator.text;

import io.longrope.evaluator.text.internal.JsonLines;
import io.longrope.evaluator.text.internal.SourceArchive;
import io.longrope.evaluator.text.internal.Utf8;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Text as a plan names it, in a fixed order of documents:
 * <ul>
 * <li>a {@code .jar} or {@code .zip} of Java sources: one long document, files in path order, licence comments left out
 * because their repetition flatters perplexity;</li>
 * <li>{@code .jsonl}: a document per line, {@code {"text": …}} or, already tokenised, {@code {"tokens": [ids]}};</li>
 * <li>any other file: one document of UTF-8 text;</li>
 * <li>a directory: all of these below it in path order, names that start with a dot left out.</li>
 * </ul>
 */
public final class Corpus {

    private final Path path;
    private final List<Document> documents;

    private Corpus(Path path, List<Document> documents) {
        this.path = path;
        this.documents = documents;
    }

    /** @throws BadInput when it is missing, empty or no UTF-8 */
    public static Corpus open(Path path) {
        var documents = new ArrayList<Document>();
        for (var file : files(path)) {
            documents.addAll(read(file));
        }
        if (documents.isEmpty()) {
            throw new BadInput(path.toString(), "must hold text", "empty", "");
        }
        return new Corpus(path, List.copyOf(documents));
    }

    public Path path() {
        return path;
    }

    public List<Document> documents() {
        return documents;
    }

    /** The whole corpus as token ids, documents one after the other. */
    public TokenSequence tokens(Tokenizer tokenizer) {
        return TokenSequence.join(documents.stream().map(document -> document.tokens(tokenizer)).toList());
    }

    private static List<Path> files(Path path) {
        if (!Files.exists(path)) {
            throw new BadInput(path.toString(), "must be a text file, an archive of sources or a directory of them", "missing", "");
        }
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (var files = Files.walk(path)) {
            // links are left out: they could lead out of the data root
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .filter(file -> !isHidden(path.relativize(file))).sorted().toList();
        } catch (IOException e) {
            throw new BadInput(new Problem(path.toString(), "must be readable", e.toString(), ""), e);
        }
    }

    private static boolean isHidden(Path relative) {
        for (var name : relative) {
            if (name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static List<Document> read(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        try {
            if (name.endsWith(".jar") || name.endsWith(".zip")) {
                return textDocument(file, SourceArchive.read(file));
            }
            if (name.endsWith(".jsonl")) {
                return JsonLines.read(file);
            }
            return textDocument(file, Utf8.decode(Utf8.read(file), file.toString()));
        } catch (IOException e) {
            throw new BadInput(new Problem(file.toString(), "must be readable", e.toString(), ""), e);
        }
    }

    private static List<Document> textDocument(Path file, String text) {
        return text.isBlank() ? List.of() : List.of(new TextDocument(file.toString(), text));
    }

    private record TextDocument(String name, String text) implements Document {

        @Override
        public int[] tokens(Tokenizer tokenizer) {
            return tokenizer.encode(text);
        }
    }
}
