package io.longrope.evaluator.checkpoint;

import io.longrope.search.file.WholeFile;
import io.longrope.search.problem.BadInput;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A checkpoint under one name with a factor table in its config.json: what engines load, and what evaluate opens. */
public final class ModelDirectory {

    /** Up to so many bytes of weights are copied where nobody chose. */
    private static final long COPIED = 10_000_000_000L;
    private static final Pattern WEIGHTS = Pattern.compile(".*\\.safetensors(\\.index\\.json)?");

    private ModelDirectory() {
    }

    /** What is done with weights where nobody chose: a copy up to 10 GB, above that links. */
    public static ModelCopy usual(Path source) throws IOException {
        return CheckpointFiles.bytes(source) > COPIED ? ModelCopy.REFER : ModelCopy.COPY;
    }

    /**
     * Fills an empty directory.
     *
     * @param source a checkpoint in any form; of one without weights what it has
     * @param own    files below it are this program's own, so a second name for one is enough
     * @return what config.json could not express: one sentence each
     * @throws BadInput before anything is copied, when the table is another model's or the engine cannot compute it
     */
    public static List<String> fill(Path directory, Path source, FactorTable table, Engine engine, Path own, ModelCopy how)
            throws IOException {
        var form = CheckpointForm.at(source);
        var notes = new HuggingFaceFormat(engine).writeInto(table, form.configPlace(), form.config(), directory.resolve("config.json"));
        form.place(directory, own, how);
        return notes;
    }

    /**
     * As {@link #fill}, into a directory of somebody's that may hold other files: the model appears in it whole, weights that are there
     * already stay, and nothing of it is a second name for a file of the source.
     *
     * @throws BadInput when it holds the weights of another model, of which none is touched
     */
    public static List<String> add(Path directory, Path source, FactorTable table, Engine engine, ModelCopy how) throws IOException {
        var part = Files.createDirectories(directory.resolve("." + UUID.randomUUID() + ".part"));
        try {
            var notes = fill(part, source, table, engine, part, how);
            requireNoOtherWeights(directory, part);
            // of links that are replaced now
            Files.deleteIfExists(directory.resolve(CheckpointFiles.REFERS_TO));
            for (var file : files(part, name -> true)) {
                Files.move(file, directory.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            return notes;
        } catch (IOException e) {
            throw WholeFile.naming(directory, e);
        } finally {
            Directories.delete(part);
        }
    }

    /** True of a directory or a file whose weights can be had, not of a published config.json alone. */
    public static boolean hasWeights(Path source) {
        return CheckpointForm.at(source).hasWeights();
    }

    private static void requireNoOtherWeights(Path directory, Path part) throws IOException {
        for (var file : files(directory, name -> WEIGHTS.matcher(name).matches())) {
            var same = part.resolve(file.getFileName());
            if (!Files.exists(same) || !Files.exists(file) || Files.mismatch(same, file) >= 0) {
                throw new BadInput(directory.toString(), "must hold no weights but those of the model that is written there",
                        file.getFileName() + ", another model's", "name another directory, or remove what is there");
            }
        }
    }

    private static List<Path> files(Path directory, Predicate<String> wanted) throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)
                    && wanted.test(file.getFileName().toString())).sorted().toList();
        }
    }
}
