package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.search.problem.BadInput;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** The files of a checkpoint directory, not those of directories in it. What a target has already stays. */
final class CheckpointTree {

    private static final long CHUNK_BYTES = 1L << 24;

    private CheckpointTree() {
    }

    /** Puts one file of a directory into another. */
    @FunctionalInterface
    private interface Placing {
        void place(Path file, Path target) throws IOException;
    }

    /** Symbolic links to the files themselves, links on the way resolved: the user's own are neither copied nor given a second name. */
    static void refer(Path from, Path to, Predicate<String> wanted) throws IOException {
        each(from, to, wanted, (file, target) -> Files.createSymbolicLink(target, file.toRealPath()));
    }

    static void copy(Path from, Path to, Predicate<String> wanted) throws IOException {
        each(from, to, wanted, Files::copy);
    }

    /** Of our own files: weights are large, so the same file under a second name where the file system can do that. */
    static void link(Path from, Path to, Predicate<String> wanted) throws IOException {
        each(from, to, wanted, (file, target) -> {
            try {
                Files.createLink(target, file.toRealPath());
            } catch (FileSystemException | UnsupportedOperationException e) {
                Files.copy(file, target);
            }
        });
    }

    private static void each(Path from, Path to, Predicate<String> wanted, Placing placing) throws IOException {
        try (var files = Files.list(from)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                var target = to.resolve(file.getFileName());
                if (wanted.test(file.getFileName().toString()) && !Files.exists(target)) {
                    placing.place(file, target);
                }
            }
        }
    }

    /**
     * Checks that a directory holds the same model as another with other weights: family and sizes, every tensor in its
     * shape, every value finite.
     *
     * @throws BadInput with the first thing that does not fit
     */
    static void requireTrained(Path directory, Checkpoint original) {
        var written = Checkpoint.open(directory);
        if (!written.isOfTheSameModelAs(original)) {
            throw new BadInput(directory.resolve("config.json").toString(), "must describe the model that training started from, "
                    + original, "another", "");
        }
        for (var name : original.names()) {
            if (!(original.config().tiedEmbeddings() && name.equals("lm_head.weight"))) {
                requireFinite(written.tensor(name, original.tensor(name).shape()));
            }
        }
    }

    private static void requireFinite(StoredTensor tensor) {
        long rowBytes = Math.max(1, tensor.bytes() / Math.max(1, tensor.rows()));
        long step = Math.max(1, CHUNK_BYTES / rowBytes);
        for (long row = 0; row < tensor.rows(); row += step) {
            for (float value : tensor.rows(row, Math.min(step, tensor.rows() - row)).toFloats()) {
                if (!Float.isFinite(value)) {
                    throw new BadInput(tensor.file() + ": " + tensor.name(), "must hold finite weights", value, "the training diverged");
                }
            }
        }
    }
}
