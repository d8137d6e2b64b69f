package io.longrope.search.evolution;

import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every point a search has asked for and what came back; the memory that keeps it from asking twice. */
final class Archive {

    private static final Comparator<Entry> BEST_FIRST = Comparator.comparing(Entry::isStopped).thenComparingDouble(Entry::loss);

    private final Set<Point> asked = new HashSet<>();
    private final List<Entry> entries = new ArrayList<>();
    private long tokens;
    private long costliest;

    /**
     * A scored point.
     *
     * @param loss comparable with the losses of all others, also where racing ended the evaluation early
     */
    record Entry(Point point, FitnessValue value, double loss) {

        /** Racing ended it early: its loss is an estimate. */
        boolean isStopped() {
            return !value.complete();
        }
    }

    /** True the first time a point is claimed: the claimant may have it scored. */
    boolean claim(Point point) {
        return asked.add(point);
    }

    boolean isNew(Point point) {
        return !asked.contains(point);
    }

    void record(Point point, FitnessValue value, double comparableLoss) {
        entries.add(new Entry(point, value, comparableLoss));
        tokens += value.tokens();
        costliest = Math.max(costliest, value.tokens());
    }

    int evaluations() {
        return entries.size();
    }

    long tokens() {
        return tokens;
    }

    /** How many of the evaluations racing ended early. */
    int stopped() {
        return (int) entries.stream().filter(Entry::isStopped).count();
    }

    /**
     * Evaluations that fit into what is left of a token budget, if each costs as much as the costliest so far. The first
     * one always fits: it tells the price.
     */
    long affordable(long maxTokens) {
        if (maxTokens == Long.MAX_VALUE || costliest == 0) {
            return entries.isEmpty() && maxTokens < Long.MAX_VALUE ? 1 : Long.MAX_VALUE;
        }
        return Math.max(0, (maxTokens - tokens) / costliest);
    }

    /** Best first, those scored in full before those stopped early; of equals the older first. */
    List<Entry> ranked() {
        return entries.stream().sorted(BEST_FIRST).toList();
    }

    Entry best() {
        return entries.stream().min(BEST_FIRST).orElseThrow();
    }

    /** In the order they were scored. */
    List<Entry> entries() {
        return List.copyOf(entries);
    }
}
