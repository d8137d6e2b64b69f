package io.longrope.progressive.stage;

import io.longrope.search.work.ModelReference;

import java.nio.file.Path;

/**
 * A checkpoint a stage works on.
 *
 * @param reference how workers are told of it
 * @param directory where this process finds it
 */
public record StageModel(ModelReference reference, Path directory) {
}
