package io.longrope.progressive.cli;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.metric.DocumentPerplexity;
import io.longrope.evaluator.metric.Metric;
import io.longrope.evaluator.metric.NeedlePerplexity;
import io.longrope.evaluator.metric.RetrievalAccuracy;
import io.longrope.evaluator.metric.RetrievalTask;
import io.longrope.evaluator.metric.SlidingPerplexity;
import io.longrope.evaluator.metric.SlidingWindow;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.progressive.report.MetricTable.Quantity;
import io.longrope.search.problem.Require;
import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** What is measured. */
final class MetricOptions {

    private static final int USUAL_STRIDE = 256;

    @Option(names = "--metric", paramLabel = "METRIC", defaultValue = "perplexity", description = "perplexity of whole samples, sliding (window)"
            + " perplexity, needle perplexity, or how often a number is found again by generation: passkey, lines (default: ${DEFAULT-VALUE}).")
    private Kind kind;

    @Option(names = "--window", paramLabel = "LENGTH", description = "For sliding: tokens per forward pass, to which the methods stretch"
            + " (default: half of each length).")
    private String window;

    @Option(names = "--stride", paramLabel = "LENGTH", description = "For sliding: tokens the window moves by (default: 256, at most half the window).")
    private String stride;

    @Option(names = "--depths", paramLabel = "SHARE", split = ",", description = "For needle, passkey and lines: where in the text the number"
            + " lies, 0 at its beginning to 1 at its end, e.g. 0,0.25,0.5 (default: 0 for needle, 0,0.5,1 otherwise).")
    private List<Double> depths = List.of();

    @Option(names = "--trials", paramLabel = "N", defaultValue = "10", description = "For passkey and lines: prompts at each length and depth"
            + " (default: ${DEFAULT-VALUE}).")
    private int trials;

    enum Kind {
        PERPLEXITY, SLIDING, NEEDLE, PASSKEY, LINES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * @param place   length and what else tells it from others
     * @param context tokens the model reads at once, which methods stretch to
     */
    record Row(Map<String, Number> place, int context, Metric metric) {
    }

    Kind kind() {
        return kind;
    }

    int trials() {
        return trials;
    }

    Quantity quantity() {
        return isRetrieval() ? Quantity.ACCURACY : Quantity.PERPLEXITY;
    }

    /** True when the text is made up, so that no samples are cut. */
    boolean isRetrieval() {
        return kind == Kind.PASSKEY || kind == Kind.LINES;
    }

    /** Prompts around a number have no room in short windows of small models. */
    int shortestLength() {
        return kind == Kind.PERPLEXITY || kind == Kind.SLIDING ? 2 : 512;
    }

    /** Tokens the model reads at once. */
    int context(int length) {
        return kind == Kind.SLIDING ? sliding(length).window() : length;
    }

    /** @param context tokens the model reads at once */
    ModelUse use(int context, Attention attention) {
        return isRetrieval() ? new ModelUse.Generating(context, attention) : new ModelUse.Scoring(context, attention);
    }

    /**
     * @param startToken opens every sample and prompt
     * @param samples    cuts them at a length
     */
    List<Row> rows(Checkpoint checkpoint, OptionalInt startToken, int length, IntFunction<SampleSet> samples, long seed) {
        var tokenizer = checkpoint.tokenizer();
        return switch (kind) {
            case PERPLEXITY -> List.of(new Row(Map.of("length", length), length, new DocumentPerplexity(samples.apply(length))));
            case SLIDING -> {
                var sliding = sliding(length);
                yield List.of(new Row(place(length, "window", sliding.window()), sliding.window(),
                        new SlidingPerplexity(samples.apply(length), startToken, sliding)));
            }
            case NEEDLE -> {
                var set = samples.apply(length);
                yield depths(0.0).stream().map(depth -> new Row(place(length, "depth", depth), length,
                        new NeedlePerplexity(set, tokenizer, startToken, depth))).toList();
            }
            case PASSKEY, LINES -> depths(0.0, 0.5, 1.0).stream().map(depth -> new Row(place(length, "depth", depth), length,
                    new RetrievalAccuracy(RetrievalTask.valueOf(kind.name()), tokenizer, startToken, length, depth, trials, seed))).toList();
        };
    }

    private SlidingWindow sliding(int length) {
        int tokens = window == null ? Math.max(2, length / 2) : TokenCounts.parse("--window", window);
        Require.that(tokens <= length, "--window", "must be at most the length, " + length, tokens);
        return new SlidingWindow(tokens, stride == null ? Math.min(USUAL_STRIDE, tokens / 2) : TokenCounts.parse("--stride", stride));
    }

    private List<Double> depths(Double... usual) {
        var all = depths.isEmpty() ? List.of(usual) : depths;
        all.forEach(depth -> Require.probability(depth, "--depths"));
        return all;
    }

    private static Map<String, Number> place(int length, String name, Number value) {
        var place = new LinkedHashMap<String, Number>();
        place.put("length", length);
        place.put(name, value);
        return place;
    }
}
