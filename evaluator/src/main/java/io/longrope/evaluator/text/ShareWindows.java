package io.longrope.evaluator.text;

import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.BadInput;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Where samples can lie in one share of a token sequence. The shares are thirds of the sequence, one after the other,
 * whatever the length of the samples, so that no length sees text of another share. A third ends at the end of a document
 * where one is near. A sample lies within one document unless the documents are too short for that.
 */
final class ShareWindows {

    /** A document end at most this part of the sequence away moves the border of a third. */
    private static final double NEAR = 0.05;

    private final List<Stretch> stretches;
    private final int shareTokens;
    private final int window;
    private final SampleShare share;

    private ShareWindows(List<Stretch> stretches, int shareTokens, int window, SampleShare share) {
        this.stretches = stretches;
        this.shareTokens = shareTokens;
        this.window = window;
        this.share = share;
    }

    private record Stretch(int from, int to) {

        int windows(int window) {
            return (to - from) / window;
        }
    }

    static ShareWindows of(TokenSequence tokens, SampleShare share, int window) {
        int from = border(tokens, share.ordinal());
        int to = border(tokens, share.ordinal() + 1);
        var stretches = new ArrayList<Stretch>();
        for (int document = 0; document < tokens.documents(); document++) {
            int start = Math.max(from, tokens.start(document));
            int end = Math.min(to, tokens.start(document + 1));
            if (end - start >= window) {
                stretches.add(new Stretch(start, end));
            }
        }
        return new ShareWindows(stretches, to - from, window, share).orAcrossDocuments(from, to);
    }

    /** Documents all shorter than a sample are read as one text. */
    private ShareWindows orAcrossDocuments(int from, int to) {
        return stretches.isEmpty() ? new ShareWindows(List.of(new Stretch(from, to)), shareTokens, window, share) : this;
    }

    static int border(TokenSequence tokens, int third) {
        int exact = (int) ((long) tokens.length() * third / 3);
        int nearest = exact;
        double best = NEAR * tokens.length();
        for (int document = 0; document <= tokens.documents(); document++) {
            int distance = Math.abs(tokens.start(document) - exact);
            if (distance <= best) {
                best = distance;
                nearest = tokens.start(document);
            }
        }
        return nearest;
    }

    /** First tokens of {@code count} windows that do not overlap, in random order. */
    int[] draw(int count, long seed, String text) {
        // its sequence of numbers is part of the platform's specification, so the samples outlive the platform's release
        var random = new Random(seed);
        var starts = new ArrayList<Integer>();
        for (var stretch : stretches) {
            int slack = (stretch.to() - stretch.from()) % window;
            int start = stretch.from() + random.nextInt(slack + 1);
            for (int i = 0; i < stretch.windows(window); i++) {
                starts.add(start + i * window);
            }
        }
        if (starts.size() < count) {
            throw new BadInput(text, "must hold " + count + " samples of " + window + " tokens in its " + share.name().toLowerCase(Locale.ROOT)
                    + " share (a third of it), " + (long) count * window + " tokens", shareTokens + " tokens, room for " + starts.size(),
                    "give a longer text, fewer samples or a shorter length");
        }
        Collections.shuffle(starts, random);
        return starts.stream().limit(count).mapToInt(Integer::intValue).toArray();
    }
}
