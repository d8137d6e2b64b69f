package io.longrope.search.evolution.internal;

import io.longrope.search.evolution.Measurement;
import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Every point a search has asked for and what came back; the memory that keeps it from asking twice. */
public final class Archive {

    private static final Comparator<Entry> BEST_FIRST = Comparator.comparingInt(Entry::samples).reversed()
            .thenComparing(Entry::isStopped).thenComparingDouble(Entry::loss);

    private final Set<Point> asked = new HashSet<>();
    private final List<Entry> entries = new ArrayList<>();
    private int evaluations;
    private int samples;
    private long tokens;
    private long costliest;

    /**
     * A measured point.
     *
     * @param samples counts the sample sets the search has used; each is 0 where all generations share one
     */
    public record Entry(Point point, Measurement value, int samples) {

        /** By the first objective. */
        public double loss() {
            return value.loss();
        }

        /** Racing ended it early: its loss is an estimate. */
        public boolean isStopped() {
            return !value.complete();
        }
    }

    /** True the first time a point is claimed: the claimant may have it scored. */
    public boolean claim(Point point) {
        return asked.add(point);
    }

    public boolean isNew(Point point) {
        return !asked.contains(point);
    }

    void record(Point point, Measurement value) {
        if (samples > 0) {
            entries.removeIf(entry -> entry.point.equals(point));
        }
        entries.add(new Entry(point, value, samples));
        evaluations++;
        tokens += value.tokens();
        costliest = Math.max(costliest, value.tokens());
    }

    /** What is recorded from here on was scored on other samples: it ranks before everything scored until now. */
    void useFreshSamples() {
        samples++;
    }

    public int evaluations() {
        return evaluations;
    }

    /** The number of the sample set in use; 0 where all generations share one. */
    int samples() {
        return samples;
    }

    /**
     * Evaluations that fit into what is left of a token budget, if each costs as much as the costliest so far. The first
     * one always fits: it tells the price.
     *
     * @param open evaluations whose cost is not known yet and counts likewise
     */
    long affordable(long maxTokens, int open) {
        if (maxTokens == Long.MAX_VALUE || costliest == 0) {
            return entries.isEmpty() && maxTokens < Long.MAX_VALUE ? Math.max(0, 1 - open) : Long.MAX_VALUE;
        }
        return Math.max(0, (maxTokens - tokens) / costliest - open);
    }

    /**
     * Those on the latest samples first; of them best first, those scored in full before those stopped early; of equals the older first.
     */
    public List<Entry> ranked() {
        return entries.stream().sorted(BEST_FIRST).toList();
    }

    public Entry best() {
        return entries.stream().min(BEST_FIRST).orElseThrow();
    }

    /** In the order they were scored. */
    public List<Entry> entries() {
        return List.copyOf(entries);
    }
}
