package io.longrope.progressive.cli.look;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.Metric;
import io.longrope.evaluator.metric.Trials;
import io.longrope.progressive.report.MetricTable;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is asked of every method at a length.
 *
 * @param context tokens a model reads at once, which methods stretch to
 * @param trials  what is measured of a method
 * @param rows    of the table, from what the trials of each method gave, in the order of the methods
 */
record Question<T>(int context, Trials<T> trials, Function<List<List<T>>, List<MetricTable.Row>> rows) {

    /**
     * A metric gives one row.
     *
     * @param place length and what else tells the row from others
     */
    static Question<Double> of(Map<String, Number> place, int context, Metric metric) {
        return new Question<>(context, metric, measured -> List.of(new MetricTable.Row(place, metric.protocol(),
                measured.stream().map(method -> Estimate.of(metric.figure(method))).toList())));
    }
}
