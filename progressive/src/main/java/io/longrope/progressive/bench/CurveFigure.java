package io.longrope.progressive.bench;

import io.longrope.progressive.bench.CurvePoint.Kind;
import io.longrope.progressive.report.chart.CurveChart;
import io.longrope.progressive.report.chart.Figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Curves of a search benchmark: best so far by evaluated tokens, the median over seeds, on search and on unseen samples. */
final class CurveFigure {

    private CurveFigure() {
    }

    /** A row for each length. */
    static Figure of(List<CurvePoint> points) {
        var charts = new ArrayList<CurveChart>();
        for (int factor : new TreeSet<>(points.stream().map(CurvePoint::factor).toList())) {
            var atFactor = points.stream().filter(point -> point.factor() == factor).toList();
            charts.add(chart(factor + "×, search samples", atFactor, point -> OptionalDouble.of(point.search())));
            charts.add(chart(factor + "×, unseen samples", atFactor, CurvePoint::report));
        }
        return CurveChart.figure("curves",
                "Perplexity of the best so far by evaluated tokens, median over seeds; dashed: methods without a search, where they "
                + "come near.", charts);
    }

    private static CurveChart chart(String title, List<CurvePoint> points, Function<CurvePoint, OptionalDouble> value) {
        var seeds = new LinkedHashMap<String, Double>();
        points.stream().filter(point -> point.kind() == Kind.SEED)
                .forEach(point -> value.apply(point).ifPresent(measured -> seeds.put(point.algorithm(), measured)));
        var curves = new LinkedHashMap<String, Map<Long, Double>>();
        points.stream().filter(point -> point.kind() == Kind.BEST && value.apply(point).isPresent())
                .collect(Collectors.groupingBy(CurvePoint::algorithm, LinkedHashMap::new, Collectors.groupingBy(CurvePoint::seed)))
                .forEach((algorithm, bySeed) -> curves.put(algorithm, median(List.copyOf(bySeed.values()), value)));
        return new CurveChart(title, seeds, curves);
    }

    /** At every number of tokens where a seed's best changed and all seeds have one, the median over seeds. */
    private static Map<Long, Double> median(List<List<CurvePoint>> seeds, Function<CurvePoint, OptionalDouble> value) {
        var median = new LinkedHashMap<Long, Double>();
        for (long tokens : new TreeSet<>(seeds.stream().flatMap(List::stream).map(CurvePoint::tokens).toList())) {
            var sorted = seeds.stream()
                    .map(points -> points.stream().filter(point -> point.tokens() <= tokens).reduce((first, second) -> second))
                    .flatMap(last -> last.stream()).mapToDouble(point -> value.apply(point).getAsDouble()).sorted().toArray();
            if (sorted.length == seeds.size()) {
                median.put(tokens, CurvePoint.median(sorted));
            }
        }
        return median;
    }
}
