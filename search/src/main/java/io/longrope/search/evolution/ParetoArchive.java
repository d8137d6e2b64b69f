package io.longrope.search.evolution;

import io.jenetics.ext.moea.Pareto;
import io.jenetics.ext.moea.Vec;
import io.jenetics.util.ISeq;
import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What a {@link ParetoSearch} has scored, and the front of it. */
final class ParetoArchive {

    /** Stands for a loss that is not finite: distances within a front must be numbers. No real mean loss comes near. */
    private static final double WORST = 1e6;

    private final List<Entry> entries = new ArrayList<>();
    private List<Entry> front = List.of();
    private int generationsWithoutGain;

    record Entry(Point point, ParetoFitness.Losses losses) {

        Vec<double[]> fitness() {
            return ParetoArchive.fitness(losses);
        }
    }

    /** Both losses, worst where either is not finite: a table must be usable at both lengths. */
    static Vec<double[]> fitness(ParetoFitness.Losses losses) {
        return losses.isFinite() ? Vec.of(losses.longLoss(), losses.shortLoss()) : worst();
    }

    static Vec<double[]> worst() {
        return Vec.of(WORST, WORST);
    }

    /** Takes a generation in. */
    void record(List<Entry> generation) {
        entries.addAll(generation);
        var before = front;
        front = ISeq.of(Pareto.front(ISeq.of(entries), ParetoArchive::dominance)).stream()
                .sorted(Comparator.<Entry>comparingDouble(entry -> entry.losses.longLoss()).thenComparingDouble(entry -> entry.losses.shortLoss()))
                .toList();
        generationsWithoutGain = front.equals(before) ? generationsWithoutGain + 1 : 0;
    }

    /** By ascending loss at the long length. */
    List<Entry> front() {
        return front;
    }

    /** How many generations in a row have left the front as it was. */
    int generationsWithoutGain() {
        return generationsWithoutGain;
    }

    /** Up to {@code count} of the front: the ones with the widest gaps around them, its ends first. */
    List<Entry> spread(int count) {
        var crowding = Pareto.crowdingDistance(front.stream().map(Entry::fitness).collect(ISeq.toISeq()));
        return IntStream.range(0, front.size()).boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -crowding[i])).limit(count).sorted().map(front::get).toList();
    }

    /** Positive where the first beats the second at one length and loses at none. */
    private static int dominance(Entry first, Entry second) {
        return Vec.dominance(second.fitness().data(), first.fitness().data());
    }
}
