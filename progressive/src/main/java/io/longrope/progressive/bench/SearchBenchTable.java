package io.longrope.progressive.bench;

import io.longrope.progressive.bench.CurvePoint.Kind;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.report.ResultTable;
import io.longrope.progressive.report.TextTable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * What searches came to, by length and algorithm: medians over seeds. The target of a length is the median over seeds of
 * what {@code longrope} reached on the search samples, or a perplexity given.
 */
public record SearchBenchTable(List<Row> rows) implements ResultTable {

    /**
     * One algorithm at one length. All perplexities are medians over seeds where nothing else is said.
     *
     * @param seeds               searches
     * @param evaluations         spent by a search, at most
     * @param tokens              spent by a search on search samples
     * @param search              the search's own best
     * @param selection           the finalist chosen, on the samples it was chosen on
     * @param unseen              the finalist chosen, on the report samples
     * @param unseenBest          lowest over seeds
     * @param unseenWorst         highest over seeds
     * @param reached             searches that reached the target
     * @param evaluationsToTarget empty when half of the searches never reached it, or nothing set a target
     * @param evaluationShare     of what {@code longrope} spent; of the paper's 1,344 evaluations where a target was given
     */
    public record Row(int factor, String algorithm, int seeds, int evaluations, double tokens, double search, double selection,
            double unseen,
                      double unseenBest, double unseenWorst, int reached, OptionalDouble evaluationsToTarget,
                      OptionalDouble evaluationShare,
                      OptionalDouble tokensToTarget, OptionalDouble tokenShare) {
    }

    /** @param targets perplexities on the search samples by factor, in the place of what {@code longrope} reached */
    public static SearchBenchTable of(List<CurvePoint> points, Map<Integer, Double> targets) {
        var rows = new ArrayList<Row>();
        points.stream().map(CurvePoint::factor).distinct().sorted().forEach(factor -> {
            var atFactor = points.stream().filter(point -> point.factor() == factor).toList();
            rows.addAll(rows(factor, atFactor, targets));
        });
        return new SearchBenchTable(rows);
    }

    /**
     * What searches are held against.
     *
     * @param target      perplexity on the search samples; NaN where there is none
     * @param evaluations shares are of these
     * @param tokens      and of these
     */
    private record Reference(double target, double evaluations, double tokens) {

        static Reference given(double target, List<CurvePoint> points) {
            double perEvaluation = points.stream().mapToDouble(point -> (double) point.tokens() / point.evaluations()).max().orElseThrow();
            return new Reference(target, Entrant.PAPER_BUDGET, Entrant.PAPER_BUDGET * perEvaluation);
        }

        static Reference of(List<List<CurvePoint>> searches) {
            return searches.isEmpty() ? new Reference(Double.NaN, Double.NaN, Double.NaN)
                    : new Reference(median(searches, search -> best(search).search()),
                    median(searches, search -> last(search).evaluations()), median(searches, search -> last(search).tokens()));
        }
    }

    private static List<Row> rows(int factor, List<CurvePoint> points, Map<Integer, Double> targets) {
        var byAlgorithm = new LinkedHashMap<String, List<List<CurvePoint>>>();
        points.stream().sorted(Comparator.comparing(CurvePoint::kind))
                .collect(Collectors.groupingBy(CurvePoint::algorithm, LinkedHashMap::new,
                        Collectors.groupingBy(CurvePoint::seed, LinkedHashMap::new, Collectors.toList())))
                .forEach((algorithm, searches) -> byAlgorithm.put(algorithm, List.copyOf(searches.values())));
        var reference = targets.containsKey(factor) ? Reference.given(targets.get(factor), points)
                : Reference.of(byAlgorithm.getOrDefault(Entrant.REFERENCE, List.of()));
        var rows = new ArrayList<Row>();
        byAlgorithm.forEach((algorithm, searches) -> rows.add(row(factor, algorithm, searches, reference)));
        return rows;
    }

    private static Row row(int factor, String algorithm, List<List<CurvePoint>> searches, Reference reference) {
        var unseen = searches.stream().mapToDouble(search -> last(search).report().getAsDouble()).summaryStatistics();
        var evaluations = finite(median(searches, search -> toTarget(search, reference.target(), CurvePoint::evaluations)));
        var tokens = finite(median(searches, search -> toTarget(search, reference.target(), CurvePoint::tokens)));
        return new Row(factor, algorithm, searches.size(),
                searches.stream().mapToInt(search -> last(search).evaluations()).max().orElseThrow(),
                median(searches, search -> last(search).tokens()), median(searches, search -> best(search).search()),
                median(searches, search -> last(search).selection().getAsDouble()),
                median(searches, search -> last(search).report().getAsDouble()),
                unseen.getMin(), unseen.getMax(),
                (int) searches.stream().filter(search -> best(search).search() <= reference.target()).count(),
                evaluations, share(evaluations, reference.evaluations()), tokens, share(tokens, reference.tokens()));
    }

    @Override
    public TextTable table() {
        return new TextTable(List.of("length", "algorithm", "seeds", "evaluations", "tokens", "search", "selection", "unseen",
                "unseen, all seeds",
                "reached", "evaluations to target", "tokens to target"),
                rows.stream().map(row -> List.of(row.factor() + "×", row.algorithm(),
                isSeed(row) ? "" : Integer.toString(row.seeds()), isSeed(row) ? "" : String.format(Locale.ROOT, "%,d", row.evaluations()),
                isSeed(row) ? "" : Quantities.brief(Math.round(row.tokens())), Quantities.perplexity(row.search()),
                Quantities.perplexity(row.selection()),
                Quantities.perplexity(row.unseen()),
                row.seeds() == 1 ? "" : Quantities.perplexity(row.unseenBest()) + "-" + Quantities.perplexity(row.unseenWorst()),
                isSeed(row) ? "" : row.reached() + "/" + row.seeds(),
                withShare(row.evaluationsToTarget(), row.evaluationShare()), withShare(row.tokensToTarget(), row.tokenShare()))).toList(),
                2);
    }

    @Override
    public List<Map<String, Object>> cells() {
        return rows.stream().map(ResultTable::cells).toList();
    }

    private static boolean isSeed(Row row) {
        return row.evaluations() == 1;
    }

    private static String withShare(OptionalDouble spent, OptionalDouble share) {
        return spent.isEmpty() ? ""
                : Quantities.brief(Math.round(spent.getAsDouble())) + String.format(Locale.ROOT, " (%.1f %%)", 100 * share.getAsDouble());
    }

    private static OptionalDouble share(OptionalDouble spent, double whole) {
        return spent.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(spent.getAsDouble() / whole);
    }

    /** Cost of the first point at or below the target; +∞ when there is none. */
    private static double toTarget(List<CurvePoint> search, double target, ToDoubleFunction<CurvePoint> cost) {
        return search.stream().filter(point -> point.kind() != Kind.CHOSEN && point.search() <= target).mapToDouble(cost).findFirst()
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** What the search comes to. */
    private static CurvePoint last(List<CurvePoint> search) {
        return search.get(search.size() - 1);
    }

    /** The last of its best so far. */
    private static CurvePoint best(List<CurvePoint> search) {
        return search.stream().filter(point -> point.kind() != Kind.CHOSEN).reduce((first, second) -> second).orElseThrow();
    }

    private static OptionalDouble finite(double value) {
        return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
    }

    private static double median(List<List<CurvePoint>> searches, ToDoubleFunction<List<CurvePoint>> value) {
        return CurvePoint.median(searches.stream().mapToDouble(value).sorted().toArray());
    }
}
