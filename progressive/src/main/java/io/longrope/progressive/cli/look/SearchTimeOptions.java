package io.longrope.progressive.cli.look;

import io.longrope.progressive.bench.SearchTimeBench;
import io.longrope.progressive.bench.SearchTimeTable;
import io.longrope.progressive.bench.TaskLength;
import io.longrope.search.evolution.AnalyticProblem;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.WorkSharing;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;
import picocli.CommandLine.Option;

import java.util.List;
import java.util.Optional;

/** How {@code longrope bench service --search} measures. */
final class SearchTimeOptions {

    @Option(names = "--search",
            description = "Measure how much sooner a search has a table, by workers whose time passes in this program only: none sleeps.")
    private boolean wanted;

    @Option(names = "--problems", paramLabel = "NAME", split = ",",
            description = "With --search: formulas to search on, bowl-48, angles-48, valleys-48 or the same of 64 pairs (default: all).")
    private List<String> problems = List.of();

    @Option(names = "--seeds", paramLabel = "N", defaultValue = "20",
            description = "With --search: searches for each number of workers (default: ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(names = "--max-evaluations", paramLabel = "N", defaultValue = "67",
            description = "With --search: evaluations on all samples whose tokens the search of one worker spends (default: "
            + "${DEFAULT-VALUE}).")
    private int evaluations;

    @Option(names = "--samples", paramLabel = "N", defaultValue = "5",
            description = "With --search: samples a candidate is scored on, a task each (default: ${DEFAULT-VALUE}).")
    private int samples;

    boolean wanted() {
        return wanted;
    }

    /**
     * @param batch    what is to be asked for at once by whatever number of workers
     * @param askAhead likewise
     */
    SearchTimeTable measure(String algorithm, List<Integer> workers, Optional<Integer> batch, Optional<Integer> askAhead,
            TaskLength length) throws InterruptedException {
        var load = new SearchTimeBench.Load(algorithm, evaluations, samples, seeds, length);
        var teams = workers.stream().map(count -> new SearchTimeBench.Team(count, sharing(algorithm, count, batch, askAhead))).toList();
        var chosen = problems.isEmpty() ? AnalyticProblem.all() : problems.stream().map(SearchTimeOptions::problem).toList();
        return new SearchTimeTable(load, SearchTimeBench.run(load, chosen, teams));
    }

    private WorkSharing sharing(String algorithm, int workers, Optional<Integer> batch, Optional<Integer> askAhead) {
        var usual = WorkSharing.of(SearchAlgorithms.namedOfOneObjective(algorithm), workers, samples);
        return new WorkSharing(batch.orElse(usual.batch()), askAhead.orElse(usual.askAhead()), usual.racing(), usual.rungs());
    }

    private static AnalyticProblem problem(String name) {
        var all = AnalyticProblem.all();
        return all.stream().filter(problem -> problem.name().equals(name)).findFirst().orElseThrow(() -> {
            var known = all.stream().map(AnalyticProblem::name).toList();
            return new BadInput("--problems", "must be of " + known, name, Suggestion.forName(name, known));
        });
    }
}
