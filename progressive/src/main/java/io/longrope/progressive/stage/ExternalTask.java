package io.longrope.progressive.stage;

import io.longrope.progressive.plan.FineTuneStagePlan;
import io.longrope.search.table.FactorTable;

import java.nio.file.Path;

/**
 * Adapts a checkpoint to a table with a program of the user's.
 *
 * @param checkpoint Hugging Face directory to start from
 * @param table      in force while training: the same factors at every length
 * @param plan       what to run and how to train
 * @param text       training text
 * @param output     directory that appears when the program's result has been checked
 */
public record ExternalTask(Path checkpoint, FactorTable table, FineTuneStagePlan plan, Path text, Path output) {
}
