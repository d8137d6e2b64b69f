package io.longrope.evaluator.metric;

import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;

/** Mean losses of tokens by how far into a text they stand: where a longer context helps, the loss falls. */
public final class LossByPosition {

    private static final int BINS_PER_OCTAVE = 2;
    private static final int OCTAVES_WITHIN_THE_WINDOW = 4;

    private LossByPosition() {
    }

    /**
     * Positions of tokens, logarithmically even. The first token of a text, at position 0, has no loss.
     *
     * @param from first position
     * @param to   the one after the last
     */
    public record Bin(int from, int to) {
    }

    /**
     * Two bins for every doubling, so that L is a border; what is nearer to the beginning than a sixteenth of L is one bin.
     *
     * @param window L
     * @param length tokens of a text, at least 2
     */
    public static List<Bin> bins(int window, int length) {
        Require.atLeast(1, window, "window");
        Require.atLeast(2, length, "length");
        var bins = new ArrayList<Bin>();
        int from = 1;
        for (int step = -OCTAVES_WITHIN_THE_WINDOW * BINS_PER_OCTAVE; from < length; step++) {
            int border = (int) Math.min(length, Math.rint(window * StrictMath.pow(2, (double) step / BINS_PER_OCTAVE)));
            if (border > from) {
                bins.add(new Bin(from, border));
                from = border;
            }
        }
        return bins;
    }

    /** The bins that end before these positions, ascending, each beginning where the one before it ends and the first at position 1. */
    public static List<Bin> binsTo(List<Integer> borders) {
        var bins = new ArrayList<Bin>();
        int from = 1;
        for (int border : borders) {
            bins.add(new Bin(from, border));
            from = border;
        }
        return bins;
    }

    /**
     * @param losses of one sample, entry t that of the token at position t + 1
     * @return the mean loss of each bin, in nats
     */
    public static List<Double> means(float[] losses, List<Bin> bins) {
        return bins.stream().map(bin -> mean(losses, bin)).toList();
    }

    /**
     * @param losses of each sample, entry t that of the token at position t + 1
     * @return the mean over samples of their mean losses in the bin, in nats, with its standard error
     */
    public static Estimate of(List<float[]> losses, Bin bin) {
        return Estimate.mean(losses.stream().mapToDouble(sample -> mean(sample, bin)).toArray());
    }

    private static double mean(float[] losses, Bin bin) {
        double sum = 0;
        for (int position = bin.from(); position < bin.to(); position++) {
            sum += losses[position - 1];
        }
        return sum / (bin.to() - bin.from());
    }
}
