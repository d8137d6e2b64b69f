package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Sums;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How much the factor λ of each pair matters to the loss, from what a search has seen, whatever its algorithm: a model like the one that
 * {@link AdaptiveSearch} keeps is fitted to candidates and losses and asked what happens when one λ alone takes, one after the other, the
 * values it had in the candidates, all else staying at their mean. The standard deviation of the loss over them is the effect, in
 * sensitivity analysis the root of a first-order effect [1]. Pairs that vary together are told apart only as far as the candidates allow:
 * where they do not, the errors are large.
 *
 * <p>[1] Saltelli et al., Global Sensitivity Analysis: The Primer, 2008, section 1.2.
 *
 * @param candidates that the model is fitted to: the best ones of those with a finite loss
 * @param left       candidates with a finite loss that were too many for the model, the worst
 * @param effects    of the pairs whose factors were not the same in all of them, by ascending pair
 */
public record Importance(int candidates, int left, List<Effect> effects) {

    /** With fewer candidates nothing can be said. */
    public static final int FEWEST = 20;
    /** Fitting a model is cubic in its points. */
    private static final int MOST = 120;
    /**
     * A loss above the median counts as at most so many times as far above it as the best one is below: one explosion would hide all other
     * differences.
     */
    private static final double LONGEST_TAIL = 3;
    /** Standard deviations for one unit of a feature: so much is a large change. */
    private static final double SPREADS_PER_UNIT = 2;

    /**
     * What the λ of one pair does to the loss.
     *
     * @param pair   0 is the highest frequency
     * @param spread standard deviation of the loss over the values that λ had, in nats
     * @param error  the standard error of it, by the model
     */
    public record Effect(int pair, double spread, double error) {

        /** Its spread is more than two standard errors. */
        public boolean isTold() {
            return spread > 2 * error;
        }
    }

    public Importance {
        Require.atLeast(FEWEST, candidates, "importance.candidates");
        Require.atLeast(0, left, "importance.left");
        effects = List.copyOf(effects);
    }

    /**
     * A candidate and its loss.
     *
     * @param loss in nats; +∞ where it diverged
     */
    public record Point(Candidate candidate, double loss) {
    }

    /** Empty where fewer than {@link #FEWEST} candidates have a finite loss, or where all have the same factors. */
    public static Optional<Importance> of(List<Point> points) {
        var known = points.stream().filter(point -> Double.isFinite(point.loss()) && isUsable(point.candidate().factors()))
                .sorted(Comparator.comparingDouble(Point::loss)).toList();
        return known.size() < FEWEST ? Optional.empty() : ofBest(known.subList(0, Math.min(MOST, known.size())), known.size());
    }

    /**
     * @param known best first
     * @param all   how many there are of these and of worse ones
     */
    private static Optional<Importance> ofBest(List<Point> known, int all) {
        int pairs = known.get(0).candidate().factors().pairs();
        var columns = Stream.concat(IntStream.range(0, pairs).mapToObj(pair -> Column.of(pair, known,
                                candidate -> StrictMath.log(candidate.factors().get(pair)))),
                        Stream.of(Column.of(pairs, known, candidate -> StrictMath.log(1 + candidate.startTokens())),
                                Column.of(pairs + 1, known, candidate -> StrictMath.log(candidate.attentionFactor()))))
                .flatMap(Optional::stream).toList();
        if (columns.stream().noneMatch(column -> column.number < pairs)) {
            return Optional.empty();
        }
        var rows = IntStream.range(0, known.size()).mapToObj(row -> columns.stream().mapToDouble(column -> column.values[row]).toArray())
                .toArray(double[][]::new);
        var model = LossModel.fit(rows, clipped(known));
        // every column is centred
        var mean = new double[columns.size()];
        return Optional.of(new Importance(known.size(), all - known.size(), IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).number < pairs)
                .mapToObj(i -> effect(columns.get(i), model.effect(i, mean, columns.get(i).values))).toList()));
    }

    private static Effect effect(Column column, LossModel.Effect effect) {
        return new Effect(column.number, effect.spread(), effect.error());
    }

    /** Tables for single layers say nothing of a pair alone, and an infinite factor has no logarithm. */
    private static boolean isUsable(RescaleFactors factors) {
        return !factors.isPerLayer() && !factors.hasInfinite();
    }

    /** @param known best first */
    private static double[] clipped(List<Point> known) {
        double best = known.get(0).loss();
        double median = known.get(known.size() / 2).loss();
        return known.stream().mapToDouble(point -> Math.min(point.loss(), median + LONGEST_TAIL * (median - best))).toArray();
    }

    /**
     * A feature of the model.
     *
     * @param number of the pair; those behind them are of n̂ and of the attention factor
     * @param values by candidate
     */
    private record Column(int number, double[] values) {

        /** Empty where all are the same. */
        static Optional<Column> of(int number, List<Point> known, ToDoubleFunction<Candidate> feature) {
            var values = known.stream().map(Point::candidate).mapToDouble(feature).toArray();
            if (Arrays.stream(values).allMatch(value -> value == values[0])) {
                return Optional.empty();
            }
            double mean = Sums.of(values) / values.length;
            double unit = SPREADS_PER_UNIT * Math.sqrt(Sums.of(values, value -> (value - mean) * (value - mean)) / values.length);
            return Optional.of(new Column(number, Arrays.stream(values).map(value -> (value - mean) / unit).toArray()));
        }
    }
}
