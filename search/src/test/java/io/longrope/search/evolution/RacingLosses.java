package io.longrope.search.evolution;

import io.longrope.search.space.Candidate;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Ten samples of differing difficulty. */
public final class RacingLosses implements SampleLosses {

    static final int SAMPLES = 10;
    private static final int TOKENS = 100;

    @Override
    public int count() {
        return SAMPLES;
    }

    @Override
    public CompletableFuture<Part> measure(Trial trial, int from, int to) {
        return CompletableFuture.completedFuture(part(trial, from, to));
    }

    static Part part(Trial trial, int from, int to) {
        return new Part(losses(trial.candidate(), from, to), (long) TOKENS * (to - from));
    }

    /** On all samples. */
    public static double loss(Candidate candidate) {
        return Race.mean(losses(candidate, 0, SAMPLES), SAMPLES);
    }

    private static List<Double> losses(Candidate candidate, int from, int to) {
        return IntStream.range(from, to).mapToObj(sample -> Landscapes.bowl(candidate) + sample % 3
                + 0.02 * Math.sin(7 * sample * candidate.factors().get(sample))).toList();
    }
}
