package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.text.TokenFile;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/** Packs documents that fit the original window into one sequence; of a longer document it takes a part. */
final class ShortDocuments {

    private final TokenFile text;
    private final OptionalInt startToken;
    private final int longest;

    /** @param longest tokens of a document at most, start token included; at least 2 */
    ShortDocuments(TokenFile text, OptionalInt startToken, int longest) {
        this.text = text;
        this.startToken = startToken;
        this.longest = longest;
        int least = startToken.isPresent() ? 1 : 2;
        Require.that(LongStream.range(0, text.documents()).anyMatch(i -> text.start(i + 1) - text.start(i) >= least), "training text",
                "must hold a document of at least " + Plural.of(least, "token"), Plural.of(text.length(), "token") + " in "
                + Plural.of(text.documents(), "document"));
    }

    /** Documents are drawn by their tokens, so a long one comes more often; the last is cut off at the sequence's end. */
    Sequence pack(SplittableRandom random, int length) {
        var inputs = new int[length];
        var targets = new int[length];
        var lengths = new ArrayList<Integer>();
        int filled = 0;
        while (filled < length) {
            var document = document(random);
            int count = Math.min(document.length, length - filled);
            System.arraycopy(document, 0, inputs, filled, count);
            int known = Math.min(document.length - 1, count);
            System.arraycopy(document, 1, targets, filled, known);
            Arrays.fill(targets, filled + known, filled + count, Sequence.IGNORED);
            lengths.add(count);
            filled += count;
        }
        var documents = lengths.stream().mapToInt(Integer::intValue).toArray();
        return new Sequence(inputs, targets, positions(documents, length), documents, false);
    }

    /** At least 2 tokens, so that one has a target. */
    private int[] document(SplittableRandom random) {
        int lead = startToken.isPresent() ? 1 : 0;
        while (true) {
            long place = Draws.below(random, text.length());
            long index = text.documentAt(place);
            long start = text.start(index);
            long end = text.start(index + 1);
            long from = Math.max(start, Math.min(place, end - (longest - lead)));
            if (end - start + lead <= longest) {
                from = start;
            }
            int count = (int) Math.min(end - from, longest - lead);
            if (count + lead >= 2) {
                var document = new int[count + lead];
                document[0] = startToken.orElse(0);
                System.arraycopy(text.range(from, count), 0, document, lead, count);
                return document;
            }
        }
    }

    private static double[] positions(int[] documents, int length) {
        var positions = new double[length];
        int filled = 0;
        for (int count : documents) {
            for (int t = 0; t < count; t++) {
                positions[filled++] = t;
            }
        }
        return positions;
    }
}
