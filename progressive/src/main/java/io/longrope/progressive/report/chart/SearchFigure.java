package io.longrope.progressive.report.chart;

import io.longrope.progressive.report.RunHistory.Generation;
import io.longrope.progressive.report.RunHistory.Search;
import io.longrope.progressive.plan.Lengths;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Best and median perplexity of a search, by generation and by evaluated tokens. */
public final class SearchFigure {

    private static final int HEIGHT = 300;

    private SearchFigure() {
    }

    /** @param quantity what the search lowers */
    public static Figure of(Search search, List<Generation> generations, String quantity) {
        var title = search.stage() + ", " + Lengths.format(search.length()) + " tokens";
        var byTokens = chart(title, "evaluated tokens", quantity, generations, Generation::tokens);
        Charts.tokensX(byTokens);
        return new Figure("search-" + search.stage() + "-" + search.length(),
                Character.toUpperCase(quantity.charAt(0)) + quantity.substring(1) + " on the search samples, " + title + ".", 2, List.of(
                chart(title, "generation", quantity, generations, Generation::number),
                byTokens));
    }

    private static XYChart chart(String title, String xAxis, String quantity, List<Generation> generations,
            ToDoubleFunction<Generation> x) {
        var chart = Charts.xy(title, xAxis, quantity, Charts.WIDTH, HEIGHT);
        var finite = generations.stream().flatMap(generation -> Stream.of(generation.best(), generation.median())).filter(Double::isFinite)
                .mapToDouble(Double::doubleValue).summaryStatistics();
        Charts.logY(chart, finite.getMin(), finite.getMax());
        draw(chart, "median of the generation", generations, x, Generation::median);
        draw(chart, "best so far", generations, x, Generation::best);
        return chart;
    }

    private static void draw(XYChart chart, String name, List<Generation> generations, ToDoubleFunction<Generation> x,
            ToDoubleFunction<Generation> y) {
        boolean best = name.startsWith("best");
        // not a number: half of the generation diverged, or all before
        Charts.line(chart, name, generations.stream().mapToDouble(x).toArray(),
                generations.stream().mapToDouble(y).map(value -> Double.isFinite(value) ? Charts.log(value) : Double.NaN).toArray(),
                best ? Charts.STRONG : Charts.COLORS.get(0), Charts.SOLID, SeriesMarkers.CIRCLE);
    }
}
