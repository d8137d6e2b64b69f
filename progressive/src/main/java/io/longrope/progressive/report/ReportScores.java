package io.longrope.progressive.report;

import io.longrope.evaluator.metric.Crop;
import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.Gain;
import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.progressive.stage.Evaluation;
import io.longrope.progressive.stage.ReportedCell;
import io.longrope.progressive.stage.StageContext;
import io.longrope.progressive.stage.StageModel;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.SampleShare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a closing table was measured to hold, on text that neither a search nor a selection saw: lengths down, methods across. Perplexity,
 * loss by position and gain are all of the same passes.
 *
 * @param window  tokens that the base model was trained with, and that crop sees
 * @param columns names of the methods, crop among them
 * @param rows    one per length, ascending
 */
public record ReportScores(int window, List<String> columns, List<Row> rows) {

    /**
     * @param length      tokens per sample
     * @param evaluations one per column; empty where the method says nothing about the length
     */
    public record Row(int length, List<Optional<Evaluation>> evaluations) {
    }

    /**
     * Scores every cell and tells the context's listener of it, row by row.
     *
     * @param table what the listener hears it called
     */
    public static ReportScores measure(StageContext context, String table, List<ReportColumn> columns) throws InterruptedException {
        int window = context.geometry().originalLength();
        var titles = columns.stream().map(ReportColumn::title).toList();
        var rows = new ArrayList<Row>();
        for (int length : context.plan().report().lengths()) {
            rows.add(new Row(length, evaluations(context, columns, length)));
            new ReportScores(window, titles, rows.subList(rows.size() - 1, rows.size())).cells()
                    .forEach(cell -> context.listener().reported(table, cell));
        }
        return new ReportScores(window, titles, rows);
    }

    private static List<Optional<Evaluation>> evaluations(StageContext context, List<ReportColumn> columns, int length)
            throws InterruptedException {
        var samples = context.samples(SampleShare.REPORT, length);
        int window = context.geometry().originalLength();
        var scoring = context.scoring()
                .byPosition(tokens -> LossByPosition.bins(window, tokens).stream().map(LossByPosition.Bin::to).toList());
        var byModel = new LinkedHashMap<StageModel, List<Candidate>>();
        for (var column : columns) {
            if (!column.cropped()) {
                column.candidate().apply(length)
                        .ifPresent(candidate -> byModel.computeIfAbsent(column.model(), model -> new ArrayList<>()).add(candidate));
            }
        }
        var scores = new LinkedHashMap<StageModel, Map<Candidate, Evaluation>>();
        for (var model : byModel.keySet()) {
            var candidates = byModel.get(model).stream().distinct().toList();
            var found = scoring.evaluate(model, samples, candidates);
            var of = scores.computeIfAbsent(model, absent -> new LinkedHashMap<>());
            for (int i = 0; i < candidates.size(); i++) {
                of.put(candidates.get(i), found.get(i));
            }
        }
        var cells = new ArrayList<Optional<Evaluation>>();
        for (var column : columns) {
            cells.add(column.cropped() ? Optional.of(context.crop(scoring, samples))
                    : column.candidate().apply(length).map(candidate -> scores.get(column.model()).get(candidate)));
        }
        return cells;
    }

    private Stream<ReportedCell> cells() {
        var gains = gains();
        return rows.stream().flatMap(row -> IntStream.range(0, columns.size()).boxed().flatMap(i -> row.evaluations().get(i).stream()
                .map(evaluation -> cell(row.length(), columns.get(i), evaluation, gains.figure(row.length(), columns.get(i))))));
    }

    private ReportedCell cell(int length, String column, Evaluation evaluation, Optional<Estimate> gain) {
        int bins = LossByPosition.bins(window, length).size();
        return new ReportedCell(window, length, column, evaluation.perplexity(), gain.map(ReportScores::mean),
                IntStream.range(0, bins).mapToObj(bin -> mean(loss(evaluation, bin))).toList());
    }

    private static ReportedCell.Mean mean(Estimate estimate) {
        return new ReportedCell.Mean(estimate.value(), estimate.standardError());
    }

    public PerplexityReport perplexities() {
        return new PerplexityReport(window, columns, rows.stream().map(row -> new PerplexityReport.Row(row.length(),
                row.evaluations().stream().map(evaluation -> evaluation.map(Evaluation::perplexity).map(OptionalDouble::of)
                        .orElseGet(OptionalDouble::empty)).toList())).toList());
    }

    /** Mean loss by how far into a sample a token stands. */
    public PositionReport positions() {
        var lines = new ArrayList<PositionReport.Row>();
        for (var row : rows) {
            var bins = LossByPosition.bins(window, row.length());
            for (int i = 0; i < bins.size(); i++) {
                int bin = i;
                lines.add(new PositionReport.Row(row.length(), bins.get(bin),
                        row.evaluations().stream().map(evaluation -> evaluation.map(one -> loss(one, bin))).toList()));
            }
        }
        return new PositionReport(MetricTable.Quantity.LOSS, window, columns, lines);
    }

    private static Estimate loss(Evaluation evaluation, int bin) {
        return evaluation.isComplete()
                ? Estimate.mean(evaluation.byPosition().stream().mapToDouble(sample -> sample.get(bin)).toArray())
                : Estimate.of(Double.POSITIVE_INFINITY);
    }

    /** Of every column but crop, at every length beyond the window. */
    public PositionReport gains() {
        int crop = columns.indexOf(Crop.NAME);
        var others = IntStream.range(0, columns.size()).filter(i -> i != crop).boxed().toList();
        var beyond = rows.stream().filter(row -> row.length() > window).toList();
        return new PositionReport(MetricTable.Quantity.GAIN, window, others.stream().map(columns::get).toList(), beyond.stream()
                .map(row -> new PositionReport.Row(row.length(), new LossByPosition.Bin(window, row.length()), others.stream()
                        .map(i -> row.evaluations().get(i).map(method -> gain(row, row.evaluations().get(crop).orElseThrow(), method)))
                        .toList())).toList());
    }

    /** Minus infinity where the method diverged. */
    private Estimate gain(Row row, Evaluation crop, Evaluation method) {
        return crop.isComplete() && method.isComplete()
                ? Gain.ofBins(crop.byPosition(), method.byPosition(), LossByPosition.bins(window, row.length()), window)
                : Estimate.of(method.isComplete() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY);
    }
}
