package io.longrope.progressive.stage;

import io.longrope.search.work.ModelReference;

import java.nio.file.Path;

/**
 * A checkpoint a stage works on.
 *
 * @param name      how records name it: the same whichever attempt at a training wrote it
 * @param reference how workers are told of it
 * @param directory where this process finds it
 */
public record StageModel(String name, ModelReference reference, Path directory) {
}
