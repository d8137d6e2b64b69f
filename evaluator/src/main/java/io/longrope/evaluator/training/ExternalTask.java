package io.longrope.evaluator.training;

import io.longrope.evaluator.text.StartToken;
import io.longrope.search.table.FactorTable;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;

import java.nio.file.Path;

/**
 * Adapts a checkpoint to a table with a program of the user's.
 *
 * @param name        of the training, for messages
 * @param checkpoint  Hugging Face directory to start from
 * @param table       in force while training: the same factors at every length
 * @param trainLength tokens per training sequence
 * @param settings    how to train
 * @param command     the program
 * @param text        training text
 * @param startToken  what training windows begin with
 */
public record ExternalTask(String name, Path checkpoint, FactorTable table, int trainLength, TrainingSettings settings,
        TrainingCommand command, Path text, StartToken startToken) {
}
