package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Measures trials in a few steps of growing numbers of samples, the rungs, and gives a trial up at the rung where its {@link Race} says
 * that it is hopeless. The race was fixed when the trial was asked and nothing else enters the decision, so it does not matter which of
 * many trials is measured first. Between two rungs a trial waits for nothing but itself.
 *
 * <p>The lowest rungs are the steps of a {@link Ladder}, where there is one; the loss of a trial is that of the samples above it.
 */
public final class Rungs implements Scorer {

    /**
     * After each of the first four: on five samples, a plan's default, no token is spent on who is known to be hopeless. With 1 and 2 alone
     * searches bounded by 30 evaluations took a tenth more tokens and found tables no better.
     */
    public static final List<Integer> USUAL = List.of(1, 2, 3, 4);

    private final List<Integer> rungs;
    private final Ladder ladder;
    private final SampleLosses samples;

    /** Without a ladder. */
    public Rungs(List<Integer> rungs, SampleLosses samples) {
        this(rungs, Ladder.NONE, samples);
    }

    /**
     * @param rungs   numbers of samples after which a trial may be given up, ascending and at least 1; those that are not below the
     *                number of samples do not count. All samples are always the last rung. Samples of the ladder are not counted.
     * @param ladder  the steps below
     * @param samples where losses come from; those of the ladder's steps first
     */
    public Rungs(List<Integer> rungs, Ladder ladder, SampleLosses samples) {
        Require.that(samples.count() > ladder.samples(), "samples", "must be more than those of the ladder, " + ladder.samples(),
                samples.count());
        this.samples = samples;
        this.ladder = ladder;
        this.rungs = below(ascending(rungs), samples.count() - ladder.samples());
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
        return climb(trial, ends(trial.race()), new SampleLosses.Part(List.of(), 0));
    }

    /** Numbers of samples after which something is decided in a race; all of them last. */
    private List<Integer> ends(Race race) {
        var ends = new ArrayList<Integer>();
        if (!race.bars().isEmpty()) {
            ends.addAll(ladder.ends());
        }
        if (race.isOn()) {
            rungs.forEach(rung -> ends.add(ladder.samples() + rung));
        }
        ends.add(samples.count());
        return ends;
    }

    /**
     * @param ends of the parts still to be measured
     * @param told of the samples before them
     */
    private CompletableFuture<Measurement> climb(Trial trial, List<Integer> ends, SampleLosses.Part told) {
        int to = ends.get(0);
        return samples.measure(trial, told.losses().size(), to).thenCompose(part -> {
            var known = joined(told, part);
            var losses = known.losses();
            if (losses.size() < to) {
                return finished(Double.POSITIVE_INFINITY, true, known, List.of());
            }
            if (to == samples.count()) {
                return finished(Sums.mean(ladder.above(losses)), true, known, means(known.slopes()));
            }
            var stopped = stopped(trial.race(), losses);
            return stopped.isPresent() ? finished(stopped.getAsDouble(), false, known, List.of())
                    : climb(trial, ends.subList(1, ends.size()), known);
        });
    }

    /** The loss a trial is taken to have that is given up after these; empty where it goes on. */
    private OptionalDouble stopped(Race race, List<Double> losses) {
        int step = ladder.ends().indexOf(losses.size());
        if (step >= 0) {
            double loss = ladder.loss(step, losses);
            var bar = race.bars().get(step);
            return loss > bar.limit() ? OptionalDouble.of(bar.comparableLoss(loss)) : OptionalDouble.empty();
        }
        var above = ladder.above(losses);
        return race.isHopeless(above) ? OptionalDouble.of(race.comparableLoss(above)) : OptionalDouble.empty();
    }

    private static SampleLosses.Part joined(SampleLosses.Part first, SampleLosses.Part second) {
        var losses = new ArrayList<>(first.losses());
        losses.addAll(second.losses());
        var slopes = new ArrayList<>(first.slopes());
        slopes.addAll(second.slopes());
        return new SampleLosses.Part(losses, first.tokens() + second.tokens(), slopes);
    }

    /** By pair. */
    private static List<Double> means(List<List<Double>> slopes) {
        int pairs = slopes.isEmpty() ? 0 : slopes.get(0).size();
        return IntStream.range(0, pairs).mapToObj(pair -> Sums.mean(slopes.stream().map(sample -> sample.get(pair)).toList())).toList();
    }

    private static CompletableFuture<Measurement> finished(double loss, boolean complete, SampleLosses.Part known, List<Double> slopes) {
        return CompletableFuture.completedFuture(new Measurement(List.of(loss), complete, known.losses(), known.tokens(), slopes));
    }
}
