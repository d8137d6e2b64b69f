package io.longrope.search.evolution.internal;

import io.jenetics.ext.moea.Pareto;
import io.jenetics.ext.moea.Vec;
import io.jenetics.util.ISeq;

import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Those that nothing beats at one of two losses without losing at the other. */
public final class ParetoFront<T> {

    /** Stands for a loss that is not finite: distances within a front must be numbers. No real mean loss comes near. */
    private static final double WORST = 1e6;

    private final List<T> members;
    private final Function<T, List<Double>> losses;

    private ParetoFront(List<T> members, Function<T, List<Double>> losses) {
        this.members = members;
        this.losses = losses;
    }

    public static <T> ParetoFront<T> of(List<T> all, Function<T, List<Double>> losses) {
        var front = ISeq.of(Pareto.front(ISeq.of(all), (one, other) -> dominance(losses.apply(one), losses.apply(other)))).stream()
                .sorted(Comparator.<T>comparingDouble(one -> losses.apply(one).get(0)).thenComparingDouble(one -> losses.apply(one).get(1)))
                .toList();
        return new ParetoFront<>(front, losses);
    }

    /** Both losses, worst where either is not finite: a table must be usable at both lengths. */
    static Vec<double[]> fitness(List<Double> losses) {
        return losses.stream().allMatch(Double::isFinite) ? Vec.of(losses.get(0), losses.get(1)) : worst();
    }

    static Vec<double[]> worst() {
        return Vec.of(WORST, WORST);
    }

    /** By ascending first loss. */
    public List<T> members() {
        return members;
    }

    /** Up to {@code count} members: the ones with the widest gaps around them, the ends of the front first; in the order of the front. */
    public List<T> spread(int count) {
        var crowding = Pareto.crowdingDistance(members.stream().map(losses).map(ParetoFront::fitness).collect(ISeq.toISeq()));
        return IntStream.range(0, members.size()).boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -crowding[i])).limit(count).sorted().map(members::get).toList();
    }

    /** Positive where the first beats the second at one loss and loses at none. */
    private static int dominance(List<Double> first, List<Double> second) {
        return Vec.dominance(fitness(second).data(), fitness(first).data());
    }
}
