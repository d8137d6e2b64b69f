package io.longrope.search.training;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.util.OptionalInt;

/**
 * What the sequences of a training run look like.
 *
 * @param length      T, tokens per sequence
 * @param target      the length trained for, at least T: positions are below it
 * @param positions   where the tokens of a sequence stand
 * @param chunks      pieces of a PoSE sequence; at least 1, at most T, and 1 unless positions are PoSE
 * @param shortShare  probability, in [0, 1), that a sequence is short documents with the model's original positions in
 *                    place of one long text with the rescaled ones (mixed-window training, LongRoPE2 §3.3). Each document
 *                    begins at position 0 and sees itself alone
 * @param shortLength tokens of a short document at most: the model's original length; at least 2
 * @param retrievalShare probability, in [0, 1), that a sequence which is not short documents is invented: statements among filler that are
 *                    begun again later, so that they can only be completed by looking back; of these only what can be known is counted
 * @param longCe      K of LongCE (arXiv 2410.23771), less than T: a token's loss is multiplied by what the text before its last K to
 *                    K + K/4 tokens is worth to the model in training; empty = all tokens weigh the same. Part of ids only where it is
 *                    there
 */
public record SequenceSettings(int length, int target, Positions positions, int chunks, double shortShare, int shortLength,
        double retrievalShare, @JsonInclude(JsonInclude.Include.NON_ABSENT) OptionalInt longCe) {

    /** Where the tokens of a sequence stand. */
    public enum Positions {
        /** 0 to T − 1. */
        @JsonProperty("contiguous")
        CONTIGUOUS,
        /**
         * PoSE (arXiv 2309.10400): T consecutive tokens in chunks of random lengths, each chunk moved on by a random skip of
         * its own, no less than the one before and at most target − T. The first begins at 0. The text itself is not skipped.
         */
        @JsonProperty("pose")
        POSE,
        /** Random positional encodings (arXiv 2305.16843): T different positions below the target, in ascending order. */
        @JsonProperty("random")
        RANDOM
    }

    public SequenceSettings(int length, int target, Positions positions, int chunks, double shortShare, int shortLength,
                            double retrievalShare, @JacksonInject(Json.NUMBER_LEFT_OUT) OptionalInt longCe) {
        Require.atLeast(2, length, "length");
        Require.that(target >= length, "length trained for", "must be at least the length of a sequence, " + length, target);
        Require.present(positions, "positions");
        Require.that(positions != Positions.CONTIGUOUS || target == length, "positions",
                "must be pose or random to train for " + Plural.of(target, "token") + " in sequences of " + length, "contiguous");
        Require.that(chunks >= 1 && chunks <= length, "chunks", "must be between 1 and the length of a sequence, " + length, chunks);
        Require.that(shortShare >= 0 && shortShare < 1, "short-share", "must be at least 0 and below 1", shortShare);
        Require.atLeast(2, shortLength, "length of short documents");
        Require.that(retrievalShare >= 0 && retrievalShare < 1, "retrieval-share", "must be at least 0 and below 1", retrievalShare);
        Require.present(longCe, "long-ce");
        longCe.ifPresent(tokens -> Require.that(tokens >= 1 && tokens < length, "long-ce",
                "must be at least 1 and less than the tokens of a sequence, " + length, tokens));
        this.length = length;
        this.target = target;
        this.positions = positions;
        this.chunks = chunks;
        this.shortShare = shortShare;
        this.shortLength = shortLength;
        this.retrievalShare = retrievalShare;
        this.longCe = longCe;
    }

    /** All tokens weigh the same. */
    public SequenceSettings(int length, int target, Positions positions, int chunks, double shortShare, int shortLength,
                            double retrievalShare) {
        this(length, target, positions, chunks, shortShare, shortLength, retrievalShare, OptionalInt.empty());
    }

    /** Plain text at positions 0 to T − 1. */
    public static SequenceSettings contiguous(int length) {
        return new SequenceSettings(length, length, Positions.CONTIGUOUS, 1, 0, length, 0);
    }
}
