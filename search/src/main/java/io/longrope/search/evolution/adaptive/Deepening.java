package io.longrope.search.evolution.adaptive;

import io.longrope.search.space.Point;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Moves the proposals that a {@link Screening} deems best, and the best of all so far again, a few times over. So one proposal can bring
 * together moves that the model thinks good each by itself: many workers leave a search few decisions, and with one move at a time for each
 * of them it would not come as far.
 */
final class Deepening {

    private static final int ROUNDS = 6;
    /** Proposals that are moved in a round, and how many moves of them are made. */
    private static final int BEST = 20;
    private static final int MOVES = 100;

    private static final Comparator<Guessed> LOWEST_FIRST = Comparator.comparingDouble(Guessed::loss);

    private final Screening screening;
    private final UnaryOperator<Point> move;
    private final RandomGenerator random;

    private record Guessed(Point point, double loss) {
    }

    /** @param move another point at each call, near the one given */
    Deepening(Screening screening, UnaryOperator<Point> move, RandomGenerator random) {
        this.screening = screening;
        this.move = move;
        this.random = random;
    }

    /** The proposals and what became of the best of them. */
    List<Point> of(List<Point> proposals) {
        var all = new ArrayList<>(proposals);
        var best = best(guessed(proposals));
        for (int round = 0; round < ROUNDS; round++) {
            var moved = new ArrayList<Point>(MOVES);
            for (int i = 0; i < MOVES; i++) {
                moved.add(move.apply(best.get(random.nextInt(best.size())).point));
            }
            all.addAll(moved);
            best = best(Stream.concat(best.stream(), guessed(moved)));
        }
        return all;
    }

    private Stream<Guessed> guessed(List<Point> points) {
        var losses = screening.losses(points);
        return Stream.iterate(0, i -> i < points.size(), i -> i + 1).map(i -> new Guessed(points.get(i), losses[i]));
    }

    private static List<Guessed> best(Stream<Guessed> guessed) {
        return guessed.distinct().sorted(LOWEST_FIRST).limit(BEST).toList();
    }
}
