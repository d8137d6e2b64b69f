package io.longrope.progressive.report.chart;

import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.evaluator.metric.LossByPosition.Bin;
import io.longrope.progressive.report.MetricTable.Quantity;
import io.longrope.progressive.report.PerplexityReport;
import io.longrope.progressive.report.PositionReport;
import io.longrope.progressive.report.RunHistory.Generation;
import io.longrope.progressive.report.RunHistory.Search;
import io.longrope.progressive.report.RunHistory.Span;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.Candidate;
import io.longrope.search.table.FactorTable;
import io.longrope.search.table.Measured;
import io.longrope.search.table.TableEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChart;

import javax.imageio.ImageIO;
import java.awt.Color;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What real runs seldom have must be drawn too. */
class FigureTest {

    private static final double DIVERGED = Double.POSITIVE_INFINITY;

    @TempDir
    private Path directory;

    @Test
    void whatDivergedIsLeftOut() throws IOException {
        var report = new PerplexityReport(256, List.of("RoPE", "LongRoPE n̂=0", "LongRoPE"), List.of(
                new PerplexityReport.Row(256, List.of(OptionalDouble.of(2), OptionalDouble.of(2.5), OptionalDouble.of(3))),
                new PerplexityReport.Row(3000, List.of(OptionalDouble.of(DIVERGED), OptionalDouble.empty(), OptionalDouble.of(4)))));
        assertThat(colors(LengthFigure.of(report))).contains(Charts.STRONG.getRGB(), Charts.COLORS.get(0).getRGB());
        var generations = List.of(new Generation(0, DIVERGED, DIVERGED, 8, 800), new Generation(1, 3, DIVERGED, 16, 1600),
                new Generation(2, 2.9, 3.2, 24, 2400));
        assertThat(colors(SearchFigure.of(new Search("search-512", 512), generations, "perplexity")))
                .contains(Charts.STRONG.getRGB(), Charts.COLORS.get(0).getRGB());
    }

    @Test
    void figuresBesideAnAxisAreShort() {
        assertThat(DoubleStream.of(1.15558785290118, 0, -1e-9, 10, -0.25).mapToObj(Charts::decimal))
                .containsExactly("1.15559", "0", "0", "10", "-0.25");
    }

    @Test
    void whereEverythingDivergedTheChartIsEmpty() throws IOException {
        var report = new PerplexityReport(256, List.of("RoPE"),
                List.of(new PerplexityReport.Row(256, List.of(OptionalDouble.of(DIVERGED)))));
        assertThat(colors(LengthFigure.of(report))).doesNotContain(Charts.STRONG.getRGB());
        assertThat(colors(SearchFigure.of(new Search("search-512", 512), List.of(new Generation(0, DIVERGED, DIVERGED, 8, 800)),
                "perplexity"))).hasSizeGreaterThan(1);
    }

    @Test
    void gainsAndLossesByPositionAreDrawnWhateverDiverged() throws IOException {
        var columns = List.of("RoPE", "crop", "LongRoPE n̂=0", "LongRoPE");
        var losses = LossByPosition.bins(256, 1024).stream().map(bin -> new PositionReport.Row(1024, bin, figures(
                bin.from() < 256 ? 2.5 : DIVERGED, 2.4, Double.NaN, bin.from() < 256 ? 2.5 : 2.3))).toList();
        var byPosition = PositionFigure.of("loss-by-position", new PositionReport(Quantity.LOSS, 256, columns, losses));
        assertThat(byPosition.charts()).hasSize(1);
        assertThat(colors(byPosition)).contains(Charts.STRONG.getRGB(), Charts.INK.getRGB(), Charts.COLORS.get(0).getRGB());

        var gains = new PositionReport(Quantity.GAIN, 256, columns, List.of(new PositionReport.Row(512, new Bin(256, 512),
                figures(-DIVERGED, 0, 0.02, 0.05)), new PositionReport.Row(1024, new Bin(256, 1024), figures(-3, 0, -0.05, 0.1))));
        assertThat(colors(GainFigure.of("gain", gains))).contains(Charts.STRONG.getRGB()).doesNotContain(Charts.COLORS.get(0).getRGB());
        var diverged = new PositionReport(Quantity.GAIN, 256, List.of("RoPE"), List.of(new PositionReport.Row(512, new Bin(256, 512),
                figures(-DIVERGED))));
        assertThat(colors(GainFigure.of("gain", diverged))).doesNotContain(Charts.STRONG.getRGB());
    }

    /** A line from the point before to the one behind would tell of a loss that nobody measured. */
    @Test
    void noLineOfLossesLeapsOverWhatLiesAboveOrDiverged() {
        var columns = List.of("NTK", "YaRN", "crop", "LongRoPE");
        var bins = LossByPosition.bins(256, 2048);
        var losses = bins.stream().map(bin -> new PositionReport.Row(2048, bin, figures(bin.from() == 362 ? DIVERGED : 0.8,
                bin.from() == 512 ? 1.5 : 0.8, bin.from() < 128 ? 0.67 : 0.84, bin.from() < 1024 ? 1 : 1.14))).toList();
        var report = new PositionReport(Quantity.LOSS, 256, columns, losses);
        var chart = (XYChart) PositionFigure.of("loss-by-position", report).charts().get(0);
        int drawn = (int) bins.stream().filter(bin -> bin.to() > 64).count();
        assertThat(chart.getSeriesMap()).containsOnlyKeys(columns);
        assertThat(chart.getSeriesMap().get("NTK").getYData()).hasSize(drawn).containsOnlyOnce(Double.NaN);
        assertThat(chart.getSeriesMap().get("YaRN").getYData()).hasSize(drawn).containsOnlyOnce(1.5);
        assertThat(chart.getSeriesMap().get("LongRoPE").getYData()).hasSize(drawn).endsWith(1.14, 1.14);
        assertThat(chart.getStyler().getYAxisMax()).as("all of what the job found").isBetween(1.14, 1.3);
    }

    /** Whichever runs a chart shows: the second is the second color where the first has nothing yet. */
    @Test
    void aRunHasOneColorInEveryChart() throws IOException {
        var runs = List.of("a", "b");
        var second = Charts.COLORS.get(1).getRGB();
        var others = new Integer[] {Charts.COLORS.get(0).getRGB(), Charts.COLORS.get(2).getRGB(), Charts.STRONG.getRGB()};
        var perplexities = new PerplexityReport(0, List.of("b crop", "b n̂=0", "b"), List.of(512, 1024).stream().map(length ->
                new PerplexityReport.Row(length, List.of(OptionalDouble.of(3), OptionalDouble.of(4), OptionalDouble.of(5)))).toList());
        assertThat(colors(LengthFigure.ofRuns(perplexities, runs))).contains(second).doesNotContain(others);
        var gains = new PositionReport(Quantity.GAIN, 0, List.of("b"), List.of(512, 1024).stream().map(length ->
                new PositionReport.Row(length, new Bin(256, length), figures(0.1))).toList());
        assertThat(colors(GainFigure.ofRuns(gains, runs))).contains(second).doesNotContain(others);
        var table = new FactorTable("model", new RopeGeometry(8, 10_000, 64), List.of(TableEntry.of(128,
                Measured.unmeasured(new Candidate(RescaleFactors.of(1, 1.5, 2, 2), 0, 1)))), List.of());
        assertThat(colors(FactorFigure.over("factors", Map.of("b", table), runs))).contains(second).doesNotContain(others);
    }

    /** NaN where there is none. */
    private static List<Optional<Estimate>> figures(double... values) {
        return Arrays.stream(values).mapToObj(value -> Double.isNaN(value) ? Optional.<Estimate>empty()
                : Optional.of(new Estimate(value, Double.isFinite(value) ? OptionalDouble.of(0.01) : OptionalDouble.empty()))).toList();
    }

    @Test
    void everyWorkerHasARowAndEveryStageAColor() throws IOException {
        for (int workers : List.of(1, 2, 12)) {
            var spans = IntStream.range(0, 4 * workers).mapToObj(i -> new Span("worker-" + i % workers, "stage-" + i / workers,
                    Instant.ofEpochSecond(i), Instant.ofEpochSecond(i + 1), 100)).toList();
            var figure = TimelineFigure.of(spans);
            assertThat(figure.height()).isGreaterThan(workers * 26);
            assertThat(colors(figure)).contains(Charts.COLORS.stream().limit(4).map(Color::getRGB).toArray(Integer[]::new));
        }
    }

    @Test
    void aFileIsThePictureAndNothingElseIsLeft() throws IOException {
        var figure = SearchFigure.of(new Search("search-512", 512), List.of(new Generation(0, 3, 4, 8, 800)), "needle perplexity");
        figure.write(directory.resolve("figure.png"));
        assertThat(Files.readAllBytes(directory.resolve("figure.png"))).isEqualTo(figure.png());
        assertThat(directory).isDirectoryNotContaining(file -> file.toString().endsWith(".part"));
    }

    private static Set<Integer> colors(Figure figure) throws IOException {
        var image = ImageIO.read(new ByteArrayInputStream(figure.png()));
        assertThat(image.getWidth()).isEqualTo(Figure.SCALE * figure.width());
        assertThat(image.getHeight()).isEqualTo(Figure.SCALE * figure.height());
        var colors = new HashSet<Integer>();
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                colors.add(image.getRGB(x, y));
            }
        }
        return colors;
    }
}
