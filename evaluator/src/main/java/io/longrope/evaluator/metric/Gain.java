package io.longrope.evaluator.metric;

import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Require;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a longer window is worth: the mean over positions beyond L of the loss of {@link Crop} minus the loss of a method, in nats. More
 * than 0 when text farther away than L helps the method to predict.
 */
public final class Gain {

    private Gain() {
    }

    /**
     * @param crop   losses of each sample under crop, entry t that of the token at position t + 1
     * @param method those of the method on the same samples, in their order
     * @param window L: tokens at positions from L on, which have at least L tokens before them, count
     * @return the mean over samples of each sample's mean difference, with its standard error
     * @throws io.longrope.search.problem.BadInput when the samples reach no further than L
     */
    public static Estimate of(List<float[]> crop, List<float[]> method, int window) {
        Require.that(crop.size() == method.size(), "losses", "must be of the same samples", crop.size() + " and " + method.size());
        return Estimate.mean(IntStream.range(0, crop.size()).mapToDouble(i -> difference(crop.get(i), method.get(i), window)).toArray());
    }

    /**
     * The same from mean losses by position.
     *
     * @param crop   of each sample, the mean loss of each bin under crop
     * @param method those of the method on the same samples, in their order
     * @param bins   of which L is a border, and which reach further
     * @throws io.longrope.search.problem.BadInput when the bins reach no further than L
     */
    public static Estimate ofBins(List<List<Double>> crop, List<List<Double>> method, List<LossByPosition.Bin> bins, int window) {
        Require.that(crop.size() == method.size(), "losses", "must be of the same samples", crop.size() + " and " + method.size());
        Require.that(bins.stream().anyMatch(bin -> bin.from() >= window), "bins", "must reach beyond the model's window, " + window
                + " tokens, to measure a gain", bins);
        return Estimate.mean(IntStream.range(0, crop.size()).mapToDouble(i -> difference(crop.get(i), method.get(i), bins, window))
                .toArray());
    }

    private static double difference(List<Double> crop, List<Double> method, List<LossByPosition.Bin> bins, int window) {
        double sum = 0;
        int positions = 0;
        for (int i = 0; i < bins.size(); i++) {
            var bin = bins.get(i);
            if (bin.from() >= window) {
                sum += (bin.to() - bin.from()) * (crop.get(i) - method.get(i));
                positions += bin.to() - bin.from();
            }
        }
        return sum / positions;
    }

    private static double difference(float[] crop, float[] method, int window) {
        Require.that(crop.length == method.length, "losses", "must be of the same tokens", crop.length + " and " + method.length);
        Require.that(crop.length >= window, "length", "must be more than the model's window, " + Plural.of(window, "token")
                + ", to measure a gain",
                crop.length + 1);
        int from = Math.max(0, window - 1);
        double sum = 0;
        for (int t = from; t < crop.length; t++) {
            sum += (double) crop[t] - method[t];
        }
        return sum / (crop.length - from);
    }
}
