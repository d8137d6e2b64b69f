package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.metric.DocumentPerplexity;
import io.longrope.evaluator.metric.Estimate;
import io.longrope.evaluator.metric.Gain;
import io.longrope.evaluator.metric.KeyTokens;
import io.longrope.evaluator.metric.LossByPosition;
import io.longrope.evaluator.metric.LossTrials;
import io.longrope.evaluator.metric.NeedlePerplexity;
import io.longrope.evaluator.metric.RetrievalAccuracy;
import io.longrope.evaluator.metric.SlidingPerplexity;
import io.longrope.evaluator.metric.SlidingWindow;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.report.MetricTable;
import io.longrope.progressive.report.MetricTable.Quantity;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Retrieval;
import picocli.CommandLine.Option;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** What is measured. */
final class MetricOptions {

    private static final int USUAL_STRIDE = 256;

    @Option(names = "--metric", paramLabel = "METRIC", defaultValue = "perplexity",
            description = "perplexity of whole samples, sliding (window) perplexity, needle perplexity; longppl, perplexity of the tokens"
                    + " that text far back helps to predict; loss by positions; gain over crop beyond the model's window, in nats; or what"
                    + " is found again by generation: passkey, lines, and with several needles keys, values, queries, variables"
                    + " (default: ${DEFAULT-VALUE}).")
    private Kind kind;

    @Option(names = "--window", paramLabel = "LENGTH", description = "For sliding: tokens per forward pass, to which the methods stretch"
            + " (default: half of each length).")
    private String window;

    @Option(names = "--stride", paramLabel = "LENGTH",
            description = "For sliding: tokens the window moves by (default: 256, at most half the window).")
    private String stride;

    @Option(names = "--depths", paramLabel = "SHARE", split = ",",
            description = "For needle and what is found again: where in the text the number, or"
            + " the first of several, lies, 0 at its beginning to 1 at its end, e.g. 0,0.25,0.5 (default: 0 for needle, 0,0.5,1 "
            + "otherwise).")
    private List<Double> depths = List.of();

    @Option(names = "--trials", paramLabel = "N", defaultValue = "10",
            description = "For what is found again: prompts at each length and depth"
            + " (default: ${DEFAULT-VALUE}).")
    private int trials;

    @Option(names = "--needles", paramLabel = "N",
            description = "For keys, values, queries and variables: names, numbers or links of a chain"
            + " (default: 4, of variables 5).")
    private Integer needles;

    enum Kind {
        PERPLEXITY(Quantity.PERPLEXITY), SLIDING(Quantity.PERPLEXITY), NEEDLE(Quantity.PERPLEXITY), LONGPPL(Quantity.PERPLEXITY),
        POSITIONS(Quantity.LOSS), GAIN(Quantity.GAIN),
        PASSKEY(Retrieval.PASSKEY), LINES(Retrieval.LINES), KEYS(Retrieval.KEYS), VALUES(Retrieval.VALUES), QUERIES(Retrieval.QUERIES),
        VARIABLES(Retrieval.VARIABLES);

        private final Quantity quantity;
        private final Optional<Retrieval> retrieval;

        Kind(Quantity quantity) {
            this.quantity = quantity;
            this.retrieval = Optional.empty();
        }

        Kind(Retrieval retrieval) {
            this.quantity = Quantity.ACCURACY;
            this.retrieval = Optional.of(retrieval);
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    Kind kind() {
        return kind;
    }

    int trials() {
        return trials;
    }

    Quantity quantity() {
        return kind.quantity;
    }

    /** True when the text is made up, so that no samples are cut. */
    boolean isRetrieval() {
        return kind.retrieval.isPresent();
    }

    /**
     * Of the lengths that are measured where none is given: prompts around a number have no room in short windows of small models, and
     * there is no gain and hardly a key token within the window.
     */
    long shortestLength(int window) {
        return switch (kind) {
            case PERPLEXITY, SLIDING, POSITIONS -> 2;
            case GAIN, LONGPPL -> 2L * window;
            default -> 512;
        };
    }

    boolean isGain() {
        return kind == Kind.GAIN;
    }

    boolean isLongPerplexity() {
        return kind == Kind.LONGPPL;
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
     * What is asked at a length.
     *
     * @param startToken opens every sample and prompt
     * @param samples    cuts them at a length
     * @param crop       losses of MODEL under crop at a length, for gain alone
     * @param keys       the key tokens of a length's samples, for longppl alone
     */
    List<Question<?>> questions(Checkpoint checkpoint, OptionalInt startToken, int length, IntFunction<SampleSet> samples,
                                IntFunction<List<float[]>> crop, IntFunction<KeyTokenOptions.Found> keys, long seed) {
        int window = checkpoint.config().rope().originalLength();
        var questions = new ArrayList<Question<?>>();
        switch (kind) {
            case PERPLEXITY -> questions.add(Question.of(Map.of("length", length), length, new DocumentPerplexity(samples.apply(length))));
            case SLIDING -> {
                var sliding = sliding(length);
                questions.add(Question.of(place(length, "window", sliding.window()), sliding.window(),
                        new SlidingPerplexity(samples.apply(length), startToken, sliding)));
            }
            case NEEDLE -> {
                var set = samples.apply(length);
                depths(0.0).forEach(depth -> questions.add(Question.of(place(length, "depth", depth), length,
                        new NeedlePerplexity(set, checkpoint.tokenizer(), startToken, depth))));
            }
            case LONGPPL -> {
                var losses = new LossTrials(samples.apply(length));
                var found = keys.apply(length);
                var place = place(length, "key tokens", found.count());
                questions.add(new Question<>(length, losses, measured -> List.of(new MetricTable.Row(place,
                        losses.protocol() + ", " + found.protocol(),
                        measured.stream().map(method -> Estimate.of(Math.exp(KeyTokens.meanLoss(method, found.keys())))).toList()))));
            }
            case POSITIONS -> questions.add(positions(new LossTrials(samples.apply(length)), window));
            case GAIN -> {
                var losses = new LossTrials(samples.apply(length));
                var protocol = losses.protocol() + ", mean over positions from " + window
                        + " on of the loss under crop minus that of the method, standard error over samples";
                questions.add(new Question<>(length, losses, measured -> List.of(new MetricTable.Row(Map.of("length", length), protocol,
                        measured.stream().map(method -> Gain.of(crop.apply(length), method, window)).toList()))));
            }
            case PASSKEY, LINES, KEYS, VALUES, QUERIES, VARIABLES -> depths(0.0, 0.5, 1.0).forEach(depth ->
                    questions.add(retrieval(kind.retrieval.orElseThrow(), checkpoint, startToken, length, depth, seed)));
        }
        return questions;
    }

    private static Question<float[]> positions(LossTrials losses, int window) {
        int length = losses.samples().length();
        var protocol = losses.protocol() + ", mean over samples of the mean loss of the tokens at positions from \"from\" to before \"to\"";
        return new Question<>(length, losses, measured -> LossByPosition.bins(window, length).stream().map(bin -> {
            var place = place(length, "from", bin.from());
            place.put("to", bin.to());
            return new MetricTable.Row(place, protocol, measured.stream().map(method -> LossByPosition.of(method, bin)).toList());
        }).toList());
    }

    private Question<Double> retrieval(Retrieval retrieval, Checkpoint checkpoint, OptionalInt startToken, int length, double depth,
            long seed) {
        int count = needles == null ? retrieval.usualCount() : needles;
        var place = place(length, "depth", depth);
        if (retrieval.greatestCount() > 1) {
            place.put("needles", count);
        }
        return Question.of(place, length,
                new RetrievalAccuracy(retrieval, checkpoint.tokenizer(), startToken, length, depth, count, trials, seed));
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
