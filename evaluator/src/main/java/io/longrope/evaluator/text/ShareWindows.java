package io.longrope.evaluator.text;

import io.longrope.search.problem.Plural;
import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.BadInput;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Where samples can lie in one share of a token sequence. The shares are thirds of the sequence, one after the other,
 * whatever the length of the samples, so that no length sees text of another share. A third ends at the end of a document
 * where one is near. A sample lies within one document unless the documents are too short for that.
 */
final class ShareWindows {

    /** A document end at most this part of the sequence away moves the border of a third. */
    private static final double NEAR = 0.05;

    /** More windows than this are not shuffled, which takes memory for each; the first few are drawn one by one. */
    private static final int MOST_SHUFFLED = 1 << 24;

    private final TokenFile tokens;
    private final long from;
    private final long to;
    private final int window;
    private final SampleShare share;
    private final boolean withinDocuments;

    private ShareWindows(TokenFile tokens, SampleShare share, int window) {
        this.tokens = tokens;
        this.from = border(tokens, share.ordinal());
        this.to = border(tokens, share.ordinal() + 1);
        this.window = window;
        this.share = share;
        // documents all shorter than a sample are read as one text
        this.withinDocuments = stretches().iterator().hasNext();
    }

    private record Stretch(long from, long to) {

        long windows(int window) {
            return (to - from) / window;
        }

        /** Where its first window begins. */
        long first(int window, Random random) {
            return from + random.nextInt((int) ((to - from) % window) + 1);
        }
    }

    static ShareWindows of(TokenFile tokens, SampleShare share, int window) {
        return new ShareWindows(tokens, share, window);
    }

    static long border(TokenFile tokens, int third) {
        long exact = tokens.length() / 3 * third + tokens.length() % 3 * third / 3;
        long nearest = exact;
        double best = NEAR * tokens.length();
        for (long document = 0; document <= tokens.documents(); document++) {
            long distance = Math.abs(tokens.start(document) - exact);
            if (distance <= best) {
                best = distance;
                nearest = tokens.start(document);
            }
        }
        return nearest;
    }

    /** The parts of documents that hold a window, found anew each time: there may be very many. */
    private Iterable<Stretch> stretches() {
        return () -> LongStream.range(tokens.documentAt(from), tokens.documents())
                .takeWhile(document -> tokens.start(document) < to)
                .mapToObj(document -> new Stretch(Math.max(from, tokens.start(document)), Math.min(to, tokens.start(document + 1))))
                .filter(stretch -> stretch.to() - stretch.from() >= window).iterator();
    }

    private Iterable<Stretch> places() {
        return withinDocuments ? stretches() : List.of(new Stretch(from, to));
    }

    /** First tokens of {@code count} windows that do not overlap, in random order. */
    long[] draw(int count, long seed, String text) {
        // its sequence of numbers is part of the platform's specification, so the samples outlive the platform's release
        var random = new Random(seed);
        long windows = 0;
        for (var stretch : places()) {
            stretch.first(window, random);
            windows += stretch.windows(window);
        }
        if (windows < count) {
            throw new BadInput(text,
                    "must hold " + Plural.of(count, "sample") + " of " + Plural.of(window, "token") + " in its "
                    + share.name().toLowerCase(Locale.ROOT)
                    + " share (a third of it), " + (long) count * window + " tokens", to - from + " tokens, room for " + windows,
                    "give a longer text, fewer samples or a shorter length");
        }
        var drawn = windows <= MOST_SHUFFLED ? shuffled((int) windows, count, random) : distinct(windows, count, random);
        return starts(drawn, new Random(seed));
    }

    /** Numbers of windows. */
    private static long[] shuffled(int windows, int count, Random random) {
        var numbers = IntStream.range(0, windows).toArray();
        // as Collections.shuffle
        for (int i = windows; i > 1; i--) {
            int other = random.nextInt(i);
            int swapped = numbers[i - 1];
            numbers[i - 1] = numbers[other];
            numbers[other] = swapped;
        }
        return Arrays.stream(numbers).limit(count).asLongStream().toArray();
    }

    private static long[] distinct(long windows, int count, Random random) {
        return LongStream.generate(() -> Math.floorMod(random.nextLong(), windows)).distinct().limit(count).toArray();
    }

    /** The first tokens of windows by their numbers. */
    private long[] starts(long[] numbers, Random random) {
        var order = IntStream.range(0, numbers.length).boxed().sorted(Comparator.comparingLong(i -> numbers[i])).iterator();
        var starts = new long[numbers.length];
        int next = order.next();
        long passed = 0;
        for (var stretch : places()) {
            long first = stretch.first(window, random);
            while (numbers[next] < passed + stretch.windows(window)) {
                starts[next] = first + (numbers[next] - passed) * window;
                if (!order.hasNext()) {
                    return starts;
                }
                next = order.next();
            }
            passed += stretch.windows(window);
        }
        throw new IllegalStateException("there are only " + Plural.of(passed, "window"));
    }
}
