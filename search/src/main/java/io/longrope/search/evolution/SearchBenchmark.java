package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * Compares algorithms on the {@link AnalyticProblem}s over many seeds. The target is the mean final loss of the paper's
 * search with the paper's 1,344 evaluations.
 */
public final class SearchBenchmark {

    private static final String REFERENCE = "longrope";

    private SearchBenchmark() {
    }

    /** An algorithm and what it may spend; the seed is replaced. */
    public record Entrant(String algorithm, SearchSettings settings) {

        public Entrant(String algorithm, int maxEvaluations) {
            this(algorithm, SearchSettings.builder().maxEvaluations(maxEvaluations).build());
        }
    }

    /**
     * One algorithm on one problem.
     *
     * @param evaluations         spent by each search
     * @param mean                of the final losses
     * @param deviation           of the final losses, sample standard deviation; 0 for a single seed
     * @param best                lowest final loss
     * @param worst               highest final loss
     * @param target              mean final loss of the paper's search
     * @param reached             searches that reached the target
     * @param evaluationsToTarget median over all searches; empty when half of them never reached it
     */
    public record Row(String problem, String algorithm, int evaluations, double mean, double deviation, double best, double worst,
                      double target, int reached, OptionalInt evaluationsToTarget) {

        static Row of(String problem, Entrant entrant, List<SearchCurve> curves, double target) {
            var losses = curves.stream().mapToDouble(SearchCurve::finalLoss).sorted().toArray();
            var evaluations = curves.stream().mapToInt(curve -> curve.evaluationsTo(target).orElse(Integer.MAX_VALUE)).sorted().toArray();
            int median = evaluations[(evaluations.length - 1) / 2];
            return new Row(problem, entrant.algorithm, entrant.settings.budget(), meanOf(losses), deviationOf(losses), losses[0],
                    losses[losses.length - 1], target, (int) Arrays.stream(evaluations).filter(count -> count < Integer.MAX_VALUE).count(),
                    median == Integer.MAX_VALUE ? OptionalInt.empty() : OptionalInt.of(median));
        }
    }

    /**
     * @param seeds searches per algorithm and problem, at least 1
     * @return rows by problem, in the order of the entrants; the paper's search first
     */
    public static List<Row> run(List<AnalyticProblem> problems, List<Entrant> entrants, int seeds) throws InterruptedException {
        Require.atLeast(1, seeds, "bench.seeds");
        var rows = new ArrayList<Row>();
        for (var problem : problems) {
            var reference = new Entrant(REFERENCE, SearchSettings.builder().build());
            var curves = curves(problem, reference, seeds);
            double target = meanOf(curves.stream().mapToDouble(SearchCurve::finalLoss).toArray());
            rows.add(Row.of(problem.name(), reference, curves, target));
            for (var entrant : entrants) {
                rows.add(Row.of(problem.name(), entrant, curves(problem, entrant, seeds), target));
            }
        }
        return rows;
    }

    private static List<SearchCurve> curves(AnalyticProblem problem, Entrant entrant, int seeds) throws InterruptedException {
        var curves = new ArrayList<SearchCurve>();
        for (int seed = 1; seed <= seeds; seed++) {
            curves.add(SearchCurve.of(entrant.algorithm, problem.space(), entrant.settings.toBuilder().seed(seed).build(), problem.seeds(),
                    problem.scorer()));
        }
        return curves;
    }

    private static double meanOf(double[] values) {
        return Sums.of(values) / values.length;
    }

    private static double deviationOf(double[] values) {
        double mean = meanOf(values);
        double squares = Sums.of(values, value -> (value - mean) * (value - mean));
        return values.length == 1 ? 0 : Math.sqrt(squares / (values.length - 1));
    }
}
