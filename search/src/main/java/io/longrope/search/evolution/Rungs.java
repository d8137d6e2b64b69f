package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Measures trials in a few steps of growing numbers of samples, the rungs, and gives a trial up at the rung where its {@link Race} says
 * that it is hopeless. The race was fixed when the trial was asked and nothing else enters the decision, so it does not matter which of
 * many trials is measured first. Between two rungs a trial waits for nothing but itself.
 */
public final class Rungs implements Scorer {

    /**
     * After each of the first four: on five samples, a plan's default, no token is spent on who is known to be hopeless. With 1 and 2 alone
     * searches bounded by 30 evaluations took a tenth more tokens and found tables no better.
     */
    public static final List<Integer> USUAL = List.of(1, 2, 3, 4);

    private final List<Integer> rungs;
    private final SampleLosses samples;

    /**
     * @param rungs   numbers of samples after which a trial may be given up, ascending and at least 1; those that are not below the
     *                number of samples do not count. All samples are always the last rung.
     * @param samples where losses come from
     */
    public Rungs(List<Integer> rungs, SampleLosses samples) {
        this.samples = samples;
        this.rungs = below(ascending(rungs), samples.count());
    }

    /** The rungs given, which must be ascending and at least 1. */
    static List<Integer> ascending(List<Integer> rungs) {
        for (int i = 0; i < rungs.size(); i++) {
            Require.that(rungs.get(i) > (i == 0 ? 0 : rungs.get(i - 1)), "rungs", "must be ascending numbers of samples, at least 1",
                    rungs);
        }
        return List.copyOf(rungs);
    }

    /** Those at which something is decided: below the number of samples. */
    public static List<Integer> below(List<Integer> rungs, int samples) {
        return rungs.stream().filter(rung -> rung < samples).toList();
    }

    @Override
    public CompletableFuture<Measurement> measure(Trial trial) {
        return climb(trial, trial.race().isOn() ? 0 : rungs.size(), List.of(), 0);
    }

    /**
     * @param rung   index of the next one
     * @param losses of the samples before it
     * @param tokens spent on these
     */
    private CompletableFuture<Measurement> climb(Trial trial, int rung, List<Double> losses, long tokens) {
        int from = losses.size();
        int to = rung < rungs.size() ? rungs.get(rung) : samples.count();
        return samples.measure(trial, from, to).thenCompose(part -> {
            var known = new ArrayList<>(losses);
            known.addAll(part.losses());
            long spent = tokens + part.tokens();
            if (known.size() < to) {
                return finished(Double.POSITIVE_INFINITY, true, known, spent);
            }
            if (to == samples.count()) {
                return finished(Race.mean(known, to), true, known, spent);
            }
            return trial.race().isHopeless(known) ? finished(trial.race().comparableLoss(known), false, known, spent)
                    : climb(trial, rung + 1, known, spent);
        });
    }

    private static CompletableFuture<Measurement> finished(double loss, boolean complete, List<Double> sampleLosses, long tokens) {
        return CompletableFuture.completedFuture(new Measurement(List.of(loss), complete, sampleLosses, tokens));
    }
}
