package io.longrope.evaluator.training;

import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.nio.file.Path;

/**
 * Adapts a checkpoint to a candidate's positions.
 *
 * @param checkpoint Hugging Face directory to start from
 * @param candidate  rescale factors in force while training
 * @param length     tokens per training sequence
 * @param text       training text, see {@link io.longrope.evaluator.text.Corpus}
 * @param settings   how to train
 * @param output     directory to write; it appears complete or not at all
 */
public record FineTuneTask(Path checkpoint, Candidate candidate, int length, Path text, TrainingSettings settings, Path output) {

    public FineTuneTask {
        Require.present(checkpoint, "checkpoint");
        Require.present(candidate, "candidate");
        Require.atLeast(2, length, "length");
        Require.present(text, "text");
        Require.present(settings, "settings");
        Require.present(output, "output");
    }
}
