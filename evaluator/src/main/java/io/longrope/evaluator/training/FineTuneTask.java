package io.longrope.evaluator.training;

import io.longrope.evaluator.text.Corpus;
import io.longrope.evaluator.text.StartToken;
import io.longrope.search.training.TrainingSettings;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Adapts a checkpoint to a candidate's positions.
 *
 * @param checkpoint Hugging Face directory to start from
 * @param candidate  rescale factors in force while training
 * @param sequences  what the training sequences look like
 * @param text       training text
 * @param settings   how to train
 * @param lora       low-rank adapters in place of all weights; empty trains all weights
 * @param heldOut    what is measured on the way
 * @param tableFor   the length the config.json written claims, with the candidate's factors; empty = the checkpoint's own
 * @param output     directory to write; it appears complete or not at all
 * @param startToken what training windows begin with
 */
public record FineTuneTask(Path checkpoint, Candidate candidate, SequenceSettings sequences, Corpus text, TrainingSettings settings,
                           Optional<LoraSettings> lora, Optional<HeldOut> heldOut, OptionalInt tableFor, Path output,
                           StartToken startToken) {

    public FineTuneTask {
        Require.present(checkpoint, "checkpoint");
        Require.present(candidate, "candidate");
        Require.present(sequences, "sequences");
        Require.present(text, "text");
        Require.present(settings, "settings");
        Require.present(lora, "lora");
        Require.present(heldOut, "heldOut");
        Require.present(tableFor, "tableFor");
        Require.present(output, "output");
        Require.present(startToken, "startToken");
    }

    /** Windows begin as the checkpoint's tokenizer says. */
    public FineTuneTask(Path checkpoint, Candidate candidate, SequenceSettings sequences, Corpus text, TrainingSettings settings,
                        Optional<LoraSettings> lora, Optional<HeldOut> heldOut, OptionalInt tableFor, Path output) {
        this(checkpoint, candidate, sequences, text, settings, lora, heldOut, tableFor, output, StartToken.AUTO);
    }

    /** All weights, plain sequences, nothing measured on the way, the checkpoint's own config.json. */
    public FineTuneTask(Path checkpoint, Candidate candidate, int length, Corpus text, TrainingSettings settings, Path output) {
        this(checkpoint, candidate, SequenceSettings.contiguous(length), text, settings, Optional.empty(), Optional.empty(),
                OptionalInt.empty(), output);
    }
}
