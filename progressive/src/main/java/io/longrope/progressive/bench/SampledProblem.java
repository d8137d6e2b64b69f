package io.longrope.progressive.bench;

import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;

import java.util.SplittableRandom;

/**
 * A formula as if it were measured on texts: every sample has a difficulty of its own, and its own optimum a few percent of each factor
 * from the formula's. What is best on one sample is then not quite what is best on all, so that racing can err.
 */
final class SampledProblem {

    /** Standard deviation of ln λ between samples, at each pair. */
    private static final double SPREAD = 0.05;

    private final AnalyticProblem problem;
    /** By sample and pair, what a factor is multiplied by. */
    private final double[][] shifts;
    private final double[] difficulties;

    /** @param samples at least 1; as many samples are always the same ones */
    SampledProblem(AnalyticProblem problem, int samples) {
        this.problem = problem;
        Require.atLeast(1, samples, "samples");
        var random = new SplittableRandom(samples);
        shifts = new double[samples][problem.space().pairs()];
        difficulties = new double[samples];
        for (int sample = 0; sample < samples; sample++) {
            difficulties[sample] = random.nextDouble();
            for (int i = 0; i < shifts[sample].length; i++) {
                shifts[sample][i] = StrictMath.exp(SPREAD * random.nextGaussian());
            }
        }
    }

    AnalyticProblem problem() {
        return problem;
    }

    int samples() {
        return shifts.length;
    }

    /** @param sample from 0 */
    double loss(Candidate candidate, int sample) {
        var factors = candidate.factors().layer(0).clone();
        for (int i = 0; i < factors.length; i++) {
            factors[i] *= shifts[sample][i];
        }
        var shifted = new Candidate(RescaleFactors.of(factors), candidate.startTokens(), candidate.attentionFactor());
        return difficulties[sample] + problem.loss().applyAsDouble(shifted);
    }
}
