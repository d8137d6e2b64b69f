package io.longrope.progressive.report.chart;

import io.longrope.search.job.Tried;
import io.longrope.search.problem.Plural;
import io.longrope.search.space.Candidate;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * All candidates of a search as parallel coordinates: an axis for each pair's λ and, where they vary, one for n̂ and one for the attention
 * factor; a line for each candidate, the darker the lower its loss.
 */
public final class CandidatesFigure {

    private static final int WIDTH = 840;
    private static final int HEIGHT = 420;
    /** From the best fifth to the worst, then those that diverged: ever lighter, so that they are told apart without colours too. */
    private static final List<Color> SHADES = List.of(new Color(0x3A, 0x01, 0x4E), new Color(0x3B, 0x52, 0x8B), new Color(0x21, 0x91, 0x8C),
            new Color(0x7A, 0xD1, 0x51), new Color(0xE8, 0xDF, 0x7A), new Color(0xDD, 0xDD, 0xDD));
    private static final int FIFTHS = 5;
    private static final BasicStroke THIN = new BasicStroke(0.9f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    private static final BasicStroke THICK = new BasicStroke(3.2f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND);
    /** Between an axis of its own and the one before it, as a share of the width of all pairs. */
    private static final double GAP = 0.09;

    private final List<Tried> bestFirst;
    private final List<Axis> axes;
    private final XYChart chart;
    private final double bottom;
    private final double top;

    private CandidatesFigure(String title, List<Tried> tried) {
        bestFirst = tried.stream().sorted(Comparator.comparingDouble(Tried::loss)).toList();
        int pairs = tried.get(0).candidate().factors().pairs();
        axes = axes(pairs);
        chart = Charts.xy("Candidates: " + title, "rotary pair i", "rescale factor λ", WIDTH, HEIGHT);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setLegendLayout(Styler.LegendLayout.Vertical);
        Charts.pairsX(chart, pairs);
        var factors = tried.stream().flatMapToDouble(one -> Arrays.stream(one.candidate().factors().layer(0))).filter(Double::isFinite)
                .summaryStatistics();
        Charts.logY(chart, factors.getMin(), factors.getMax());
        bottom = Charts.log(factors.getMin());
        top = Math.max(bottom + 0.1, Charts.log(factors.getMax()));
        chart.getStyler().setXAxisMin(0.0).setXAxisMax(pairs - 1 + (axes.size() + 0.5 * Math.min(1, axes.size())) * GAP * pairs);
    }

    /**
     * @param name  of the picture
     * @param title which search
     * @param tried at least one, with losses that compare with each other
     */
    public static Figure of(String name, String title, List<Tried> tried) {
        var figure = new CandidatesFigure(title, tried);
        figure.draw();
        return Figure.of(name, figure.caption(title), figure.chart);
    }

    private String caption(String title) {
        return "All " + Plural.of(bestFirst.size(), "candidate") + " of " + title
                + ", a line for each: its λ by rotary pair, 0 the highest frequency"
                + (bestFirst.stream().anyMatch(one -> one.candidate().factors().isPerLayer()) ? ", of the first layer" : "")
                + (axes.isEmpty() ? "" : ", then " + String.join(" and ", axes.stream().map(axis -> axis.scale.title).toList())
                + " on scales of their own")
                + ". The lower the loss the darker, by fifths of the candidates, with their losses in nats; the thick line is the best."
                + (bestFirst.stream().allMatch(Tried::complete) ? "" : " Of candidates that racing stopped the loss is an estimate.");
    }

    /** The best last, over all others. */
    private void draw() {
        int finite = (int) bestFirst.stream().filter(one -> Double.isFinite(one.loss())).count();
        axes.forEach(axis -> axis.mark(chart, bottom, top));
        int later = FIFTHS;
        for (int rank = bestFirst.size() - 1; rank >= 0; rank--) {
            int shade = rank < finite ? FIFTHS * rank / finite : FIFTHS;
            boolean named = rank == bestFirst.size() - 1 || shade != later;
            line(named ? legend(shade, finite) : "candidate " + rank, bestFirst.get(rank), SHADES.get(shade), THIN, named);
            later = shade;
        }
        line("the best, " + loss(bestFirst.get(0)), bestFirst.get(0), SHADES.get(0), THICK, true);
    }

    private void line(String name, Tried tried, Color color, BasicStroke stroke, boolean named) {
        var candidate = tried.candidate();
        int pairs = candidate.factors().pairs();
        var x = new double[pairs + axes.size()];
        var y = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            x[i] = i < pairs ? i : axes.get(i - pairs).x;
            y[i] = i < pairs ? Charts.log(candidate.factors().get(i)) : bottom + (top - bottom) * axes.get(i - pairs).height(candidate);
            // not a number: an infinite factor is left out
            y[i] = Double.isFinite(y[i]) ? y[i] : Double.NaN;
        }
        Charts.line(chart, name, x, y, color, stroke, SeriesMarkers.NONE).setShowInLegend(named);
    }

    /** The losses of a fifth, from the lowest to the highest. */
    private String legend(int shade, int finite) {
        if (shade == FIFTHS) {
            return "diverged (" + (bestFirst.size() - finite) + ")";
        }
        var members = IntStream.range(0, finite).filter(rank -> FIFTHS * rank / finite == shade).mapToObj(bestFirst::get).toList();
        return loss(members.get(0)) + " to " + loss(members.get(members.size() - 1)) + " ".repeat(shade);
    }

    private static String loss(Tried tried) {
        return String.format(Locale.ROOT, Math.abs(tried.loss()) < 100 ? "%.3f" : "%.0f", tried.loss());
    }

    /** Of what candidates have beside their factors, as far as it is not the same in all. */
    private List<Axis> axes(int pairs) {
        var all = new ArrayList<Axis>();
        for (var scale : Scale.values()) {
            var values = bestFirst.stream().map(Tried::candidate).mapToDouble(scale.value).summaryStatistics();
            if (values.getMin() < values.getMax()) {
                all.add(new Axis(scale, pairs - 1 + GAP * pairs * (all.size() + 1), values));
            }
        }
        return all;
    }

    private enum Scale {
        START_TOKENS("n̂", candidate -> Math.log1p(candidate.startTokens()), value -> Charts.number(Math.rint(Math.expm1(value)))),
        ATTENTION("the attention factor", Candidate::attentionFactor, Charts::number);

        private final String title;
        private final ToDoubleFunction<Candidate> value;
        private final DoubleFunction<String> format;

        Scale(String title, ToDoubleFunction<Candidate> value, DoubleFunction<String> format) {
            this.title = title;
            this.value = value;
            this.format = format;
        }
    }

    /** An axis beside those of the pairs, as high as they are. */
    private record Axis(Scale scale, double x, DoubleSummaryStatistics values) {

        /** From 0 at the bottom to 1 at the top. */
        double height(Candidate candidate) {
            return (scale.value.applyAsDouble(candidate) - values.getMin()) / (values.getMax() - values.getMin());
        }

        void mark(XYChart chart, double bottom, double top) {
            var name = scale == Scale.START_TOKENS ? "n̂ " : "att. ";
            chart.addAnnotation(new AnnotationLine(x, true, false));
            chart.addAnnotation(new AnnotationText(name + scale.format.apply(values.getMax()), x, top + 0.03 * (top - bottom), false));
            chart.addAnnotation(new AnnotationText(name + scale.format.apply(values.getMin()), x, bottom - 0.02 * (top - bottom), false));
        }
    }
}
