package io.longrope.progressive.bench;

import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.Rungs;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchListener;
import io.longrope.search.evolution.SearchLoop;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Trial;

import java.util.ArrayList;
import java.util.List;

/**
 * A search as a job runs it, by {@link VirtualWorkers}: the same loop, optimizer, rungs and order of answers. It ends early once it has
 * found what it looks for.
 */
final class VirtualSearch implements Optimizer {

    private final Optimizer optimizer;
    private final VirtualWorkers workers;
    private final double target;
    private final List<Step> steps = new ArrayList<>();
    private int answers;

    /**
     * A new best loss.
     *
     * @param loss    on all samples
     * @param seconds since the search began
     * @param tasks   begun until then
     */
    record Step(double loss, double seconds, long tasks) {
    }

    private VirtualSearch(Optimizer optimizer, VirtualWorkers workers, double target) {
        this.optimizer = optimizer;
        this.workers = workers;
        this.target = target;
    }

    /**
     * @param target the loss it may end at; negative infinity where it is to spend its budget
     * @return falling losses
     */
    static List<Step> run(String algorithm, SearchSettings settings, SampledProblem problem, VirtualWorkers workers, double target)
            throws InterruptedException {
        var started = SearchAlgorithms.namedOfOneObjective(algorithm).start(problem.problem().space(), settings, problem.problem().seeds());
        var search = new VirtualSearch(started, workers, target);
        var rungs = new Rungs(settings.rungs(), workers);
        SearchLoop.run(search, trial -> rungs.measure(trial).thenApply(search::answered), 1, settings.budget(), SearchListener.NONE);
        return List.copyOf(search.steps);
    }

    private Measurement answered(Measurement measurement) {
        answers++;
        if (measurement.complete() && measurement.loss() < best()) {
            steps.add(new Step(measurement.loss(), workers.seconds(), workers.tasks()));
        }
        return measurement;
    }

    private double best() {
        return steps.isEmpty() ? Double.POSITIVE_INFINITY : steps.get(steps.size() - 1).loss;
    }

    /** Where the search can only wait, time passes until it has an answer. */
    @Override
    public List<Trial> ask(int most) {
        var trials = best() <= target ? List.<Trial>of() : optimizer.ask(most);
        int before = answers;
        while (trials.isEmpty() && answers == before && workers.step()) {
            // on to the next answer
        }
        return trials;
    }

    @Override
    public void tell(Trial trial, Measurement measurement) {
        optimizer.tell(trial, measurement);
    }

    @Override
    public int objectives() {
        return optimizer.objectives();
    }
}
