package io.longrope.search.evolution;

import java.util.ArrayList;
import java.util.List;

/**
 * Lets a hopeless candidate stop early. All candidates see the same samples in the same order, so after k of m samples the
 * difference to a rival, the last candidate worth keeping, is known up to sampling error σ √((m − k) / (m k)), where σ is
 * the spread of paired differences among the candidates kept. A candidate behind by more than {@link #DOUBTS} of that is
 * not going to catch up. The bounds are fixed before a generation is sent, so they do not depend on who finishes first.
 */
final class Race {

    static final Race OFF = new Race(List.of(), 0);

    /** Standard errors by which a candidate must be behind. */
    private static final double DOUBTS = 2;

    private final List<Double> rival;
    private final double spread;

    private Race(List<Double> rival, double spread) {
        this.rival = rival;
        this.spread = spread;
    }

    /**
     * @param ranked best first
     * @param keep   how many must be known in full, at least 2; the race is off (no bounds) before, and where losses by
     *               sample are unknown
     */
    static Race against(List<Archive.Entry> ranked, int keep) {
        var kept = ranked.stream().filter(entry -> !entry.isStopped() && Double.isFinite(entry.loss())).limit(keep).toList();
        if (kept.size() < keep) {
            return OFF;
        }
        var rival = kept.get(keep - 1).value().sampleLosses();
        boolean comparable = rival.size() > 1 && kept.stream().allMatch(entry -> entry.value().sampleLosses().size() == rival.size());
        return comparable && keep > 1 ? new Race(rival, spread(kept, rival)) : OFF;
    }

    /** For k = 1 … m − 1, empty when the race is off; see {@link Trial#lossBounds()}. */
    List<Double> bounds() {
        var bounds = new ArrayList<Double>();
        double m = rival.size();
        for (int k = 1; k < m; k++) {
            bounds.add(mean(rival, k) + DOUBTS * spread * Math.sqrt((m - k) / (m * k)));
        }
        return bounds;
    }

    /** A loss on all samples as far as it can be told: of a stopped candidate, the rival's plus how far it was behind. */
    double comparableLoss(FitnessValue value) {
        if (value.complete() || value.sampleLosses().isEmpty() || rival.isEmpty()) {
            return value.loss();
        }
        int k = value.sampleLosses().size();
        return mean(rival, rival.size()) + mean(value.sampleLosses(), k) - mean(rival, k);
    }

    private static double spread(List<Archive.Entry> kept, List<Double> rival) {
        int m = rival.size();
        double sum = 0;
        int count = 0;
        for (var entry : kept.subList(0, kept.size() - 1)) {
            var losses = entry.value().sampleLosses();
            double gap = mean(losses, m) - mean(rival, m);
            for (int s = 0; s < m; s++) {
                sum += Math.pow(losses.get(s) - rival.get(s) - gap, 2);
            }
            count += m - 1;
        }
        return Math.sqrt(sum / count);
    }

    private static double mean(List<Double> losses, int first) {
        return losses.subList(0, first).stream().mapToDouble(Double::doubleValue).sum() / first;
    }
}
