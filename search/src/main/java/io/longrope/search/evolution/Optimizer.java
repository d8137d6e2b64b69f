package io.longrope.search.evolution;

import java.util.List;

/**
 * Finds good candidates by asking for the losses of some. All optimizers keep these promises: only valid points of the space are asked
 * for, of tables of each layer only λ in its ranges, none twice (but survivors on fresh samples); the budget of evaluations and tokens is
 * kept; the same space, settings, seeds and measurements give the same trials to the bit, in whatever order the trials of a generation
 * were told. So a search that died is resumed by running it again over remembered measurements.
 *
 * <p>{@link SearchAlgorithms} has the ones a plan can name. A search of your own is a class with two methods and the {@link SearchLoop}
 * that
 * every search runs in. This one changes one factor of the best table at a time and keeps what is better:
 *
 * <pre>{@code
 * import io.longrope.search.evolution.*;
 * import io.longrope.search.rope.RopeGeometry;
 * import io.longrope.search.space.*;
 * import java.util.*;
 * import java.util.concurrent.CompletableFuture;
 *
 * public final class HillClimb implements Optimizer {
 *
 *     private final SearchSpace space;
 *     private final Random random;
 *     private final Set<Point> asked = new HashSet<>();
 *     private final int budget;
 *     private Point best;
 *     private Point open;
 *     private double lowest = Double.POSITIVE_INFINITY;
 *
 *     public HillClimb(SearchSpace space, int budget, long seed) {
 *         this.space = space;
 *         this.budget = budget;
 *         random = new Random(seed);
 *     }
 *
 *     // one trial at a time: nothing while it is open, and nothing more once the budget is spent
 *     public List<Trial> ask(int most) {
 *         if (open != null || asked.size() == budget) {
 *             return List.of();
 *         }
 *         do {
 *             open = best == null ? space.uniform(random) : changed(best);
 *         } while (!asked.add(open));
 *         int number = asked.size() - 1;
 *         return List.of(new Trial(number, number, space.candidate(open)));
 *     }
 *
 *     public void tell(Trial trial, Measurement measurement) {
 *         if (measurement.loss() < lowest) {
 *             lowest = measurement.loss();
 *             best = open;
 *         }
 *         open = null;
 *     }
 *
 *     // the space makes a valid point of whatever values it is given: in range, on the grid, in order
 *     private Point changed(Point point) {
 *         double[] factors = point.values();
 *         int pair = random.nextInt(factors.length);
 *         factors[pair] = space.drawBetweenNeighbours(factors, pair, random);
 *         return space.nearest(factors, point.startTokens(), point.attentionFactor());
 *     }
 *
 *     public static SearchResult search() throws InterruptedException {
 *         // 32 rotary dimensions, base 10,000, trained on 256 tokens, to be run on eight times that
 *         SearchSpace space = SearchSpace.of(new RopeGeometry(32, 10_000, 256), 8).build();
 *         // in place of a model: how far the logarithms of the factors are from a straight line
 *         Scorer scorer = trial -> {
 *             double loss = 0;
 *             for (int i = 0; i < space.pairs(); i++) {
 *                 loss += Math.abs(StrictMath.log(trial.candidate().factors().get(i)) - i / 15.0 * StrictMath.log(8));
 *             }
 *             return CompletableFuture.completedFuture(Measurement.of(loss, 1));
 *         };
 *         int evaluations = 200;
 *         return SearchLoop.run(new HillClimb(space, evaluations, 42), scorer, 5, evaluations, SearchListener.NONE);
 *     }
 * }
 * }</pre>
 */
public interface Optimizer {

    /**
     * The next trials, numbered on from those before. None for now where those that are open must be told first; none for ever
     * where no trial is open: the search has ended.
     *
     * @param most how many at most, at least 1
     */
    List<Trial> ask(int most);

    /**
     * Takes the answer to a trial that was asked for, once.
     *
     * @param measurement with a loss for each of the {@link #objectives}
     */
    void tell(Trial trial, Measurement measurement);

    /** How many losses a measurement has, 1 or 2. */
    default int objectives() {
        return 1;
    }

    /** Why the search has ended; asked only then. */
    default SearchResult.End end() {
        return SearchResult.End.EVALUATIONS;
    }
}
