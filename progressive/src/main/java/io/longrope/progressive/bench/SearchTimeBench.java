package io.longrope.progressive.bench;

import io.longrope.progressive.bench.SearchTimeTable.Row;
import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.WorkSharing;
import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * How much sooner many workers have a table as good as one worker's. The target is the loss that half of the searches of one worker end
 * with at least; the time to it, and the tasks it takes, are medians over the seeds, of those that do not find it too: they count as
 * later than all others.
 */
public final class SearchTimeBench {

    /** Of the candidates of one worker's search, without racing: what takes more is of no interest. */
    private static final double MOST_CANDIDATES = 1.6;

    private final Load load;

    private SearchTimeBench(Load load) {
        this.load = load;
    }

    /**
     * @param algorithm   of the searches
     * @param evaluations on all samples whose tokens one worker's search may spend
     * @param samples     a candidate is scored on
     * @param seeds       searches: 1, 2, …
     * @param length      of a task, which scores a candidate on one sample
     */
    public record Load(String algorithm, int evaluations, int samples, int seeds, TaskLength length) {

        public Load {
            SearchAlgorithms.namedOfOneObjective(algorithm);
            Require.atLeast(1, evaluations, "--max-evaluations");
            Require.atLeast(1, samples, "--samples");
            Require.atLeast(1, seeds, "--seeds");
        }
    }

    /**
     * @param workers at least 1
     * @param sharing of the work of a search
     */
    public record Team(int workers, WorkSharing sharing) {

        public Team {
            Require.atLeast(1, workers, "--workers");
        }
    }

    /** What a search took to its target: positive infinity where it never came to it. */
    private record Found(double seconds, double tasks) {

        static final Found NEVER = new Found(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /** Rows by problem, in the order of the teams. */
    public static List<Row> run(Load load, List<AnalyticProblem> problems, List<Team> teams) throws InterruptedException {
        var bench = new SearchTimeBench(load);
        var rows = new ArrayList<Row>();
        for (var problem : problems) {
            rows.addAll(bench.rows(new SampledProblem(problem, load.samples), teams));
        }
        return rows;
    }

    private List<Row> rows(SampledProblem problem, List<Team> teams) throws InterruptedException {
        var alone = alone();
        var ends = new ArrayList<List<VirtualSearch.Step>>();
        for (long seed = 1; seed <= load.seeds; seed++) {
            ends.add(search(problem, alone, bounded(alone, seed), Double.NEGATIVE_INFINITY));
        }
        double target = median(ends.stream().map(steps -> steps.get(steps.size() - 1)).toList(), VirtualSearch.Step::loss);
        var one = ends.stream().map(steps -> found(steps, target)).toList();
        var rows = new ArrayList<Row>();
        for (var team : teams) {
            rows.add(row(problem, team, target, one, team.equals(alone) ? one : all(problem, team, target)));
        }
        return rows;
    }

    private List<Found> all(SampledProblem problem, Team team, double target) throws InterruptedException {
        var all = new ArrayList<Found>();
        for (long seed = 1; seed <= load.seeds; seed++) {
            all.add(found(search(problem, team, settings(team, seed), target), target));
        }
        return all;
    }

    private Team alone() {
        return new Team(1, WorkSharing.of(SearchAlgorithms.namedOfOneObjective(load.algorithm), 1, load.samples));
    }

    private Row row(SampledProblem problem, Team team, double target, List<Found> one, List<Found> all) {
        double seconds = median(all, Found::seconds);
        boolean found = Double.isFinite(seconds);
        return new Row(problem.problem().name(), team, target, median(one, Found::seconds),
                (int) all.stream().filter(each -> Double.isFinite(each.seconds)).count(),
                found ? OptionalDouble.of(seconds) : OptionalDouble.empty(),
                found ? OptionalDouble.of(median(one, Found::seconds) / seconds) : OptionalDouble.empty(),
                found ? OptionalDouble.of(median(all, Found::tasks) / median(one, Found::tasks)) : OptionalDouble.empty());
    }

    private List<VirtualSearch.Step> search(SampledProblem problem, Team team, SearchSettings settings, double target)
            throws InterruptedException {
        return VirtualSearch.run(load.algorithm, settings, problem, new VirtualWorkers(team.workers, problem, load.length), target);
    }

    /** As in a plan whose budget is the tokens of the evaluations: a candidate that racing stops leaves tokens for others. */
    private SearchSettings bounded(Team team, long seed) {
        int tokens = Math.multiplyExact(load.evaluations, load.samples);
        return team.sharing.in(SearchSettings.builder()).maxEvaluations(tokens).maxTokens(tokens).seed(seed).build();
    }

    private SearchSettings settings(Team team, long seed) {
        int candidates = (int) Math.ceil(MOST_CANDIDATES * load.evaluations);
        return team.sharing.in(SearchSettings.builder()).maxEvaluations(candidates).seed(seed).build();
    }

    private static Found found(List<VirtualSearch.Step> steps, double target) {
        return steps.stream().filter(step -> step.loss() <= target).findFirst().map(step -> new Found(step.seconds(), step.tasks()))
                .orElse(Found.NEVER);
    }

    /** At most as large as half of them. */
    private static <T> double median(List<T> all, ToDoubleFunction<T> figure) {
        return all.stream().mapToDouble(figure).sorted().skip((all.size() - 1) / 2).findFirst().orElseThrow();
    }
}
