package io.longrope.evaluator.training;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.search.problem.BadInput;

import java.nio.file.Path;

/** What a program wrote in place of the built-in trainer, before it is believed. */
final class WrittenCheckpoint {

    private static final long CHUNK_BYTES = 1L << 24;

    private WrittenCheckpoint() {
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
