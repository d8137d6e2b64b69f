package io.longrope.search.evolution;

import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.rope.RopeScalings;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/**
 * A search problem whose loss is a formula: thousands of searches cost seconds. Not models of a language model, but each
 * holds one difficulty a real one has.
 *
 * @param seeds PI, NTK and YaRN at the problem's length
 * @param loss  at least 0; finite for every valid candidate
 */
public record AnalyticProblem(String name, SearchSpace space, List<Candidate> seeds, ToDoubleFunction<Candidate> loss) {

    private static final RopeGeometry LLAMA = new RopeGeometry(128, 10_000, 4096);
    private static final RopeGeometry PHI = new RopeGeometry(96, 10_000, 2048);
    private static final int BEST_START_TOKENS = 16;

    /** The problems of the benchmark. */
    public static List<AnalyticProblem> all() {
        return List.of(bowl("bowl-48", PHI, 16), bowl("bowl-64", LLAMA, 8), angles("angles-48", PHI, 16), angles("angles-64", LLAMA, 8),
                valleys("valleys-48", PHI, 16), valleys("valleys-64", LLAMA, 8));
    }

    /**
     * Squared distance in log λ to a monotone optimum, a late ramp with steps no method's family contains, plus squared
     * distance of the running mean over four pairs, so that neighbours are strongly correlated.
     */
    private static AnalyticProblem bowl(String name, RopeGeometry geometry, int ratio) {
        int pairs = geometry.pairs();
        var optimum = optimum(geometry, ratio);
        return problem(name, geometry, ratio, candidate -> {
            double sum = 0;
            double window = 0;
            for (int i = 0; i < pairs; i++) {
                double gap = StrictMath.log(candidate.factors().get(i)) - optimum[i];
                window += gap - (i >= 4 ? StrictMath.log(candidate.factors().get(i - 4)) - optimum[i - 4] : 0);
                sum += 0.2 * gap * gap + window * window / 4;
            }
            return sum / pairs + startTokenLoss(candidate);
        });
    }

    private static double[] optimum(RopeGeometry geometry, int ratio) {
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(geometry.pairs());
        int pairs = geometry.pairs();
        var rises = new double[pairs];
        double sum = 0;
        for (int i = pairs / 5; i < pairs * 7 / 10; i++) {
            rises[i] = StrictMath.pow(random.nextDouble(), 3);
            sum += rises[i];
        }
        var optimum = new double[pairs];
        for (int i = 1; i < pairs; i++) {
            optimum[i] = optimum[i - 1] + rises[i] / sum * StrictMath.log(1.1 * ratio);
        }
        return optimum;
    }

    /**
     * Two wishes pull at every pair, as in a trained model: angles between near positions should stay as trained, angles
     * of far positions should not leave the trained range. A pair that turned fully in training has no such range; the
     * closer to a full turn, the weaker the wish (critical dimension). Saturates, so that bad regions are flat.
     */
    private static AnalyticProblem angles(String name, RopeGeometry geometry, int ratio) {
        int pairs = geometry.pairs();
        int length = geometry.originalLength();
        return problem(name, geometry, ratio, candidate -> {
            double near = 0;
            double far = 0;
            double carried = 0;
            for (int i = 0; i < pairs; i++) {
                double frequency = geometry.inverseFrequency(i);
                double factor = candidate.factors().get(i);
                for (int distance = 1; distance <= 256; distance *= 4) {
                    double change = StrictMath.cos(distance * frequency / factor) - StrictMath.cos(distance * frequency);
                    near += change * change / Math.sqrt(distance);
                }
                double turns = length * frequency / (2 * Math.PI);
                double wish = 1 / (1 + StrictMath.pow(turns / 0.8, 4));
                double excess = Math.max(0, StrictMath.log(1.1 * ratio / factor));
                carried = 0.5 * carried + wish * excess;
                far += carried * carried;
            }
            return 3 * (1 - StrictMath.exp(-(2 * near + 0.4 * far) / 3)) + startTokenLoss(candidate);
        });
    }

    /**
     * As sharp and uneven as measured around the best table of a small byte-level model: the loss rises with |gap|^1.3 in
     * log λ, by 0.07 at 10 % off for the highest frequency and ω^0.75 times that for the others, nothing far beyond the
     * critical pair; with ripples, and with neighbours that partly make up for each other.
     */
    private static AnalyticProblem valleys(String name, RopeGeometry geometry, int ratio) {
        int pairs = geometry.pairs();
        var optimum = optimum(geometry, ratio);
        return problem(name, geometry, ratio, candidate -> {
            double sum = 0;
            double before = 0;
            for (int i = 0; i < pairs; i++) {
                double gap = StrictMath.log(candidate.factors().get(i)) - optimum[i];
                double turns = geometry.originalLength() * geometry.inverseFrequency(i) / (2 * Math.PI);
                double weight = StrictMath.pow(geometry.inverseFrequency(i), 0.75) * turns / (0.1 + turns);
                double mixed = gap - 0.4 * before;
                sum += weight * StrictMath.pow(Math.abs(mixed), 1.3) * (1 + 0.3 * StrictMath.sin(20 * mixed));
                before = gap;
            }
            return 3 * (1 - StrictMath.exp(-1.4 * sum / 3)) + startTokenLoss(candidate);
        });
    }

    private static double startTokenLoss(Candidate candidate) {
        return 0.002 * StrictMath.pow(StrictMath.log((1.0 + candidate.startTokens()) / (1 + BEST_START_TOKENS)), 2);
    }

    private static AnalyticProblem problem(String name, RopeGeometry geometry, int ratio, ToDoubleFunction<Candidate> loss) {
        var space = SearchSpace.of(geometry, ratio).build();
        int target = ratio * geometry.originalLength();
        var seeds = Stream.of("pi", "ntk", "yarn").map(RopeScalings::named)
                .map(method -> new Candidate(RescaleFactors.of(method.factors(geometry, target).layer(0)), 0, 1)).toList();
        return new AnalyticProblem(name, space, seeds, loss);
    }

    /** Scores at once, on the calling thread. */
    public Scorer scorer() {
        return trial -> CompletableFuture.completedFuture(Measurement.of(loss.applyAsDouble(trial.candidate()), 1));
    }
}
