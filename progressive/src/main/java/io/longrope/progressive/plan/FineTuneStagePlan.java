package io.longrope.progressive.plan;

import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.TrainingCommand;
import io.longrope.search.training.TrainingSettings;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Trains the latest checkpoint on with the factors searched for a length.
 *
 * @param training how long, how fast and in what precision
 */
public record FineTuneStagePlan(
        @Key(value = "Names the stage and its files.", form = "name", byDefault = "= fine-tune-LENGTH") String name,
        @Key(value = "The length whose factors are in force.", form = "length", atLeast = 2) int length,
        @Key(value = "Tokens per training sequence, at most the length (Mistral's recipe trains on 16k with the factors of 128k).",
                form = "length", atLeast = 2, byDefault = "= length") int trainLength,
        @Key(flat = true) TrainingSettings training,
        @Key(value = "Where the tokens of a sequence stand: contiguous from 0, pose (chunks moved on by random skips, below the length)"
                + " or random (ascending, below the length).", byDefault = "contiguous") SequenceSettings.Positions positions,
        @Key(value = "Chunks of a PoSE sequence.", byDefault = "2", atLeast = 1) int chunks,
        @Key(value = "Share of sequences that are short documents packed apart, at the model's original positions"
                + " (LongRoPE2's mixed windows).",
                byDefault = "0", atLeast = 0, below = 1) double shortShare,
        @Key(value = "Share of the other sequences that are invented: statements among filler that are begun again later, so that only"
                + " looking back tells how they go on.", byDefault = "0", atLeast = 0, below = 1) double retrievalShare,
        @Key(value = "LongCE, of the built-in trainer: weights each token's loss by what the text before a short context of this many"
                + " tokens is worth to the model in training, min(exp(loss given the short context - loss), 5). Left out: all tokens weigh"
                + " the same.",
                form = "length", atLeast = 1) Optional<Integer> longCe,
        @Key("Low-rank adapters in place of all weights.") Optional<LoraSettings> lora,
        @Key(value = "Steps between losses on the selection share of the evaluation text; 0 = none.", byDefault = "0",
                atLeast = 0) int heldOutEvery,
        @Key(value = "Samples of that loss.", byDefault = "8", atLeast = 1) int heldOutSamples,
        @Key(value = "The program that trains in place of the built-in trainer, as a list of words or in one line;"
                + " {model}, {output} and the like in its words are replaced.", form = "words") Optional<List<String>> command,
        @Key("After this time the program is ended as hanging.") Optional<Duration> timeout) implements StagePlan {

    public FineTuneStagePlan {
        KeyRule.require(FineTuneStagePlan.class, name, length, trainLength, training, positions, chunks, shortShare, retrievalShare, longCe,
                lora, heldOutEvery, heldOutSamples, command, timeout);
        Require.that(trainLength <= length, "train-length", "must be at most the length, " + length, trainLength);
        Require.that(positions != SequenceSettings.Positions.POSE || chunks <= trainLength, "chunks",
                "must be at most the tokens of a sequence, " + trainLength, chunks);
        longCe.ifPresent(tokens -> Require.that(tokens < trainLength, "long-ce",
                "must be less than the tokens of a sequence, " + trainLength, tokens));
        Require.that(timeout.isEmpty() || command.isPresent(), "timeout", "must come with the command it is for",
                timeout.map(Forms::time).orElse(""));
        program(command, timeout);
    }

    /** The program that trains; empty = the built-in trainer. */
    public Optional<TrainingCommand> program() {
        return program(command, timeout);
    }

    private static Optional<TrainingCommand> program(Optional<List<String>> command, Optional<Duration> timeout) {
        return command.map(words -> new TrainingCommand(words, timeout.orElse(Duration.ZERO)));
    }

    /**
     * What the sequences look like. Contiguous ones stay below their own length, whatever the factors are for.
     *
     * @param originalLength the model's, in tokens
     */
    public SequenceSettings sequences(int originalLength) {
        int target = positions == SequenceSettings.Positions.CONTIGUOUS ? trainLength : length;
        return new SequenceSettings(trainLength, target, positions, positions == SequenceSettings.Positions.POSE ? chunks : 1, shortShare,
                originalLength, retrievalShare, longCe.map(OptionalInt::of).orElseGet(OptionalInt::empty));
    }

    /** Tokens trained on. */
    public long tokens() {
        return (long) training.steps() * training.batch() * trainLength;
    }

    @Override
    public boolean trains() {
        return true;
    }

    @Override
    public <T> T as(Kinds<T> kinds) {
        return kinds.fineTune(this);
    }
}
