package io.longrope.progressive.driver;

import io.longrope.progressive.plan.JobPlan.ModelCopy;
import io.longrope.search.table.Engine;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.HuggingFaceFormat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The final checkpoint of a job under one name, with the factors in its config.json: what an engine loads. A checkpoint of the
 * user's is copied, links resolved, so that nothing done here reaches it; or its large files stay where they are and a file says
 * where that is. What the job itself trained lies in the same run directory and shares its files.
 */
final class ModelDirectory {

    /** Tells where the files are that were not copied. */
    static final String REFERENCES = "weights-are-elsewhere.txt";

    /** Up to so many bytes are copied where the plan leaves the choice open. */
    static final long COPIED = 10_000_000_000L;

    /** A file from this size on is one a directory can refer to. */
    private static final long LARGE = 1 << 24;

    private final Path source;
    private final Path target;

    ModelDirectory(Path source, Path target) {
        this.source = source;
        this.target = target;
    }

    /**
     * @param ownRun true for a checkpoint the job itself wrote
     * @param choice of the plan; empty = by size
     */
    void write(FactorTable table, boolean ownRun, Optional<ModelCopy> choice) throws IOException {
        Files.createDirectories(target);
        var files = files();
        long bytes = 0;
        for (var file : files) {
            bytes += Files.size(file);
        }
        boolean refers = !ownRun && choice.orElse(bytes > COPIED ? ModelCopy.REFER : ModelCopy.COPY) == ModelCopy.REFER;
        var elsewhere = new ArrayList<Path>();
        for (var file : files) {
            var copy = target.resolve(file.getFileName());
            if (refers && Files.size(file) >= LARGE) {
                Files.deleteIfExists(copy);
                elsewhere.add(file.toRealPath());
            } else if (ownRun) {
                share(file, copy);
            } else {
                copy(file, copy);
            }
        }
        refer(elsewhere);
        new HuggingFaceFormat(Engine.TRANSFORMERS).writeInto(table, source.resolve("config.json"), target.resolve("config.json"));
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(source)) {
            return files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().equals("config.json")).sorted()
                    .toList();
        }
    }

    private static void share(Path file, Path copy) throws IOException {
        Files.deleteIfExists(copy);
        try {
            Files.createLink(copy, file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            Files.copy(file, copy);
        }
    }

    /** Unless it was copied when the job ran before. */
    private static void copy(Path file, Path copy) throws IOException {
        var changed = Files.getLastModifiedTime(file);
        if (Files.isRegularFile(copy) && Files.size(copy) == Files.size(file) && Files.getLastModifiedTime(copy).equals(changed)
                && !Files.isSameFile(copy, file)) {
            return;
        }
        var part = copy.resolveSibling(copy.getFileName() + ".part");
        Files.copy(file.toRealPath(), part, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(part, changed);
        Files.move(part, copy, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    private void refer(List<Path> elsewhere) throws IOException {
        var note = target.resolve(REFERENCES);
        if (elsewhere.isEmpty()) {
            Files.deleteIfExists(note);
            return;
        }
        var lines = new ArrayList<>(List.of("The job did not change these files, and they were not copied (model-copy in the plan).",
                "Put them beside this config.json to load the model:"));
        elsewhere.forEach(file -> lines.add(file.toString()));
        Files.write(note, lines);
    }
}
