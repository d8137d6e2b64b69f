package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Where the losses of a search come from, sample by sample. */
public interface SampleLosses {

    /** Samples a trial is measured on, at least 1; those of a ladder's steps come first. */
    int count();

    /**
     * Asks for the losses of one trial on a range of samples, without waiting. A range is asked for once, and only after those
     * before it were measured.
     *
     * @param from first sample, from 0
     * @param to   behind the last sample, at most {@link #count()}
     */
    CompletableFuture<Part> measure(Trial trial, int from, int to);

    /**
     * The losses of a range of samples.
     *
     * @param losses in sample order, all finite; fewer than asked for where the next one is not finite or could not be measured
     * @param tokens run through the model for them
     * @param slopes of each of these losses its derivative by ln λ of each pair; empty where the trial asked for none
     */
    record Part(List<Double> losses, long tokens, List<List<Double>> slopes) {

        public Part {
            losses = List.copyOf(losses);
            Require.that(losses.stream().allMatch(Double::isFinite), "part.losses", "must be finite", losses);
            Require.atLeast(0L, tokens, "part.tokens");
            slopes = List.copyOf(slopes);
            Require.that(slopes.isEmpty() || slopes.size() == losses.size(), "part.slopes", "must be of every loss, or of none",
                    slopes.size() + " of " + losses.size());
        }

        /** Without slopes. */
        public Part(List<Double> losses, long tokens) {
            this(losses, tokens, List.of());
        }
    }
}
