package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Steps below what a search is for: samples that cost less, such as shorter ones, which every trial is measured on first. They are the
 * lowest of its {@link Rungs}; at the end of each a trial goes on if it does as well there as the better ones of those known in full.
 * What that takes, a {@link Bar} for each step, is fixed when the trial is asked, from trials whose losses the search knew by then. Until
 * enough of them were measured on everything, every trial is.
 *
 * <p>Successive halving with early stopping in the manner of ASHA (Li et al., arXiv 1810.05934), but that a trial is promoted by what is
 * known of those asked before it, so that the order of answers decides nothing.
 *
 * @param steps samples of each step, the lowest first, at least 1 each; none = no ladder
 * @param keep  the share of the trials known in full, by their loss at a step, that a trial must rank in there, above 0 and at most 1; 1
 *              where there are no steps
 */
public record Ladder(List<Integer> steps, double keep) {

    /** Every trial is measured on what the search is for at once. */
    public static final Ladder NONE = new Ladder(List.of(), 1);

    /** Trials known in full before any is screened. */
    private static final int FEWEST = 6;
    /** Of those known in full, by their loss, the ones that say what a loss at a step comes to: what exploded tells nothing of the rest. */
    private static final double TELLING = 0.6;

    public Ladder {
        steps = List.copyOf(steps);
        Require.that(steps.stream().allMatch(samples -> samples > 0), "ladder.samples", "must be at least 1", steps);
        Require.that(keep > 0 && keep <= 1, "ladder.keep", "must be above 0 and at most 1", keep);
        keep = steps.isEmpty() ? 1 : keep;
    }

    /**
     * What a trial must reach at a step, and what its loss is taken for where it does not.
     *
     * @param limit     the highest loss that goes on
     * @param intercept of a straight line through the losses of trials known in full: from a loss at the step to the one searched for
     * @param slope     of that line, at least 0
     */
    public record Bar(double limit, double intercept, double slope) {

        public Bar {
            Require.that(Double.isFinite(limit) && Double.isFinite(intercept) && slope >= 0 && Double.isFinite(slope), "ladder.bar",
                    "must be finite", limit + ", " + intercept + ", " + slope);
        }

        double comparableLoss(double loss) {
            return intercept + slope * loss;
        }
    }

    /** Of all steps. */
    public int samples() {
        return steps.stream().mapToInt(Integer::intValue).sum();
    }

    /** Numbers of samples at which a step ends. */
    List<Integer> ends() {
        return IntStream.range(0, steps.size()).map(this::end).boxed().toList();
    }

    /** The mean loss at a step. */
    double loss(int step, List<Double> losses) {
        return Sums.mean(losses.subList(end(step) - steps.get(step), end(step)));
    }

    /** Losses of what the search is for. */
    List<Double> above(List<Double> losses) {
        return losses.subList(Math.min(samples(), losses.size()), losses.size());
    }

    /**
     * The bars of a trial that is asked now; none while too few are known.
     *
     * @param known measurements in the order of their trials
     */
    public List<Bar> bars(List<Measurement> known) {
        if (steps.isEmpty()) {
            return List.of();
        }
        var full = known.stream().filter(one -> one.complete() && one.isFinite() && one.sampleLosses().size() > samples())
                .sorted(Comparator.comparingDouble(Measurement::loss)).toList();
        if (full.size() < FEWEST) {
            return List.of();
        }
        var telling = full.subList(0, (int) Math.ceil(TELLING * full.size()));
        var bars = new ArrayList<Bar>();
        for (int step = 0; step < steps.size(); step++) {
            bars.add(bar(step, full, telling));
        }
        return bars;
    }

    /** A search gets better as it goes on: ranked among all that were ever measured at the step, later trials would all go on. */
    private Bar bar(int step, List<Measurement> full, List<Measurement> telling) {
        var ranked = full.stream().map(one -> loss(step, one.sampleLosses())).sorted().toList();
        double limit = ranked.get((int) Math.ceil(keep * ranked.size()) - 1);
        var here = telling.stream().map(one -> loss(step, one.sampleLosses())).toList();
        double meanHere = Sums.mean(here);
        double mean = Sums.mean(telling.stream().map(Measurement::loss).toList());
        double squares = 0;
        double products = 0;
        for (int i = 0; i < here.size(); i++) {
            squares += (here.get(i) - meanHere) * (here.get(i) - meanHere);
            products += (here.get(i) - meanHere) * (telling.get(i).loss() - mean);
        }
        double slope = squares > 0 ? Math.max(0, products / squares) : 0;
        return new Bar(limit, mean - slope * meanHere, slope);
    }

    private int end(int step) {
        return steps.subList(0, step + 1).stream().mapToInt(Integer::intValue).sum();
    }
}
