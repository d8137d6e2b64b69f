package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.text.TokenSequence;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Packs documents that fit the original window into one sequence; of a longer document it takes a part. */
final class ShortDocuments {

    private final TokenSequence text;
    private final int[] tokens;
    private final int[] starts;
    private final OptionalInt startToken;
    private final int longest;

    /** @param longest tokens of a document at most, start token included; at least 2 */
    ShortDocuments(TokenSequence text, int[] tokens, OptionalInt startToken, int longest) {
        this.text = text;
        this.tokens = tokens;
        this.starts = new int[text.documents()];
        Arrays.setAll(starts, text::start);
        this.startToken = startToken;
        this.longest = longest;
        int least = startToken.isPresent() ? 1 : 2;
        Require.that(IntStream.range(0, starts.length).anyMatch(i -> text.start(i + 1) - starts[i] >= least), "training text",
                "must hold a document of at least " + least + " tokens", tokens.length + " tokens in " + starts.length + " documents");
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
            int place = random.nextInt(tokens.length);
            int found = Arrays.binarySearch(starts, place);
            int index = found >= 0 ? lastOf(found) : -found - 2;
            int end = text.start(index + 1);
            int from = Math.max(starts[index], Math.min(place, end - (longest - lead)));
            if (end - starts[index] + lead <= longest) {
                from = starts[index];
            }
            int count = Math.min(end - from, longest - lead);
            if (count + lead >= 2) {
                var document = new int[count + lead];
                document[0] = startToken.orElse(0);
                System.arraycopy(tokens, from, document, lead, count);
                return document;
            }
        }
    }

    /** Empty documents begin where the next one does. */
    private int lastOf(int index) {
        int last = index;
        while (last + 1 < starts.length && starts[last + 1] == starts[index]) {
            last++;
        }
        return last;
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
