package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * What a trial must keep up with. A hopeless candidate stops early. All candidates see the same samples in the same order, so after k of
 * m samples the difference to a rival, the last candidate worth keeping, is known up to sampling error σ √((m − k) / (m k)), where σ is
 * the spread of paired differences among the candidates kept. A candidate behind by more than {@link #DOUBTS} of that is
 * not going to catch up. Before that, on the steps of a {@link Ladder}, it must reach the bar of each. A race is fixed when a trial is
 * asked, so nothing depends on who finishes first.
 *
 * @param rival  the rival's loss on each of the m samples searched on, those of a ladder's steps left out; empty where there is none
 * @param spread σ
 * @param bars   of the ladder's steps; empty where none is to be reached
 */
public record Race(List<Double> rival, double spread, List<Ladder.Bar> bars) {

    /** Every sample is measured. */
    public static final Race OFF = new Race(List.of(), 0);

    /** Standard errors by which a candidate must be behind. */
    private static final double DOUBTS = 2;

    public Race {
        rival = List.copyOf(rival);
        bars = List.copyOf(bars);
        Require.that(spread >= 0 && Double.isFinite(spread), "race.spread", "must be at least 0", spread);
    }

    /** Without a ladder. */
    public Race(List<Double> rival, double spread) {
        this(rival, spread, List.of());
    }

    /** With the bars of a ladder. */
    public Race over(List<Ladder.Bar> bars) {
        return new Race(rival, spread, bars);
    }

    /**
     * A race without bars.
     *
     * @param ranked best first
     * @param keep   how many must be known in full, at least 2; there is no rival before, nor where losses by sample are unknown
     * @param ladder of the search
     */
    public static Race against(List<Measurement> ranked, int keep, Ladder ladder) {
        var kept = ranked.stream().filter(one -> one.complete() && one.isFinite()).limit(keep)
                .map(one -> ladder.above(one.sampleLosses())).toList();
        if (kept.size() < keep || keep < 2) {
            return OFF;
        }
        var rival = kept.get(keep - 1);
        boolean comparable = rival.size() > 1 && kept.stream().allMatch(losses -> losses.size() == rival.size());
        return comparable ? new Race(rival, spread(kept, rival)) : OFF;
    }

    /** Whether there is a rival. */
    public boolean isOn() {
        return !rival.isEmpty();
    }

    /** The mean loss of the first k samples, k from 1 to m − 1, above which a candidate is given up. */
    public double bound(int k) {
        double m = rival.size();
        return mean(rival, k) + DOUBTS * spread * Math.sqrt((m - k) / (m * k));
    }

    /** @param losses of the first samples, at least one and not of all */
    public boolean isHopeless(List<Double> losses) {
        return mean(losses, losses.size()) > bound(losses.size());
    }

    /** The loss on all samples as far as the first ones tell: the rival's plus how far it was behind on these. */
    public double comparableLoss(List<Double> losses) {
        int k = losses.size();
        return mean(rival, rival.size()) + mean(losses, k) - mean(rival, k);
    }

    private static double spread(List<List<Double>> kept, List<Double> rival) {
        int m = rival.size();
        double sum = 0;
        int count = 0;
        for (var losses : kept.subList(0, kept.size() - 1)) {
            double gap = mean(losses, m) - mean(rival, m);
            for (int s = 0; s < m; s++) {
                double difference = losses.get(s) - rival.get(s) - gap;
                sum += difference * difference;
            }
            count += m - 1;
        }
        return Math.sqrt(sum / count);
    }

    static double mean(List<Double> losses, int first) {
        return Sums.mean(losses.subList(0, first));
    }
}
