package io.longrope.progressive.cli.look;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.metric.KeyTokenTrials;
import io.longrope.evaluator.metric.KeyTokens;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.evaluator.text.SampleSet;
import io.longrope.evaluator.text.StartToken;
import io.longrope.progressive.cli.option.MethodOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.search.problem.Require;
import io.longrope.search.work.ShortContext;
import picocli.CommandLine.Option;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** How the key tokens of LongPPL are found. */
final class KeyTokenOptions {

    @Option(names = "--evaluator", paramLabel = "MODEL",
            description = "For longppl: the model whose losses say which tokens are key, of any tokenizer (default: MODEL).")
    private String evaluator;

    @Option(names = "--evaluator-method", paramLabel = "METHOD", defaultValue = "yarn", description = "For longppl: what the evaluator is"
            + " run with; it is not judged itself (default: ${DEFAULT-VALUE}).")
    private String method;

    @Option(names = "--short-context", paramLabel = "LENGTH", description = "For longppl: K, the tokens of the short context (default: half"
            + " the window of MODEL).")
    private String context;

    @Option(names = "--short-step", paramLabel = "LENGTH", description = "For longppl: tokens the short context moves by (default: K/4).")
    private String step;

    /**
     * Key tokens of the samples of a length.
     *
     * @param keys     of each sample, positions
     * @param protocol how they were found
     */
    record Found(List<int[]> keys, String protocol) {

        int count() {
            return KeyTokens.count(keys);
        }
    }

    /**
     * Finds those of MODEL's samples.
     *
     * @param judged  how MODEL reads
     * @param samples of each length
     */
    Map<Integer, Found> find(ScoringOptions scoring, ModelSession session, KeyTokens.Reader judged, StartToken startToken,
                             Map<Integer, SampleSet> samples) throws InterruptedException {
        var checkpoint = Checkpoint.open(scoring.directory(model(scoring.model())));
        var column = column(checkpoint.config());
        var context = context(scoring.config(scoring.model()));
        try (var tokenizer = checkpoint.tokenizer()) {
            // an id means another token to another tokenizer
            var rule = evaluator != null && startToken.rule() == StartToken.Rule.ID ? StartToken.AUTO : startToken;
            var start = checkpoint.startToken(rule);
            var reader = new KeyTokens.Reader(tokenizer.coding(), tokenizer.fingerprint(), start);
            var found = new TreeMap<Integer, Found>();
            for (var set : samples.entrySet()) {
                var texts = IntStream.range(0, set.getValue().count()).mapToObj(set.getValue()::sample)
                        .map(sample -> KeyTokens.text(sample, judged, reader)).toList();
                var trials = new KeyTokenTrials(texts, context);
                var use = new ModelUse.Scoring(column.reading().context(trials.longest()), column.attention());
                try (var open = scoring.measurements(session, checkpoint.path(), scoring.plan(checkpoint.config(), use))) {
                    var keys = open.measure(trials, column.candidate().apply(trials.longest()), column.attention(),
                            column.reading().after(start), use).get();
                    found.put(set.getKey(), new Found(keys, "exp of the mean loss of all key tokens; " + trials.protocol() + ", by "
                            + model(scoring.model()) + " with " + method));
                }
            }
            return found;
        }
    }

    /**
     * Those methods of a model that are not what finds the tokens: its own losses would choose tokens in its favour.
     *
     * @param fingerprint of the model judged
     * @param length      the longest
     * @throws BadInput when no method is left
     */
    Map<String, MethodOptions.Column> judged(ScoringOptions scoring, String fingerprint, Map<String, MethodOptions.Column> columns,
                                             int length) {
        var checkpoint = Checkpoint.open(scoring.directory(model(scoring.model())));
        if (!checkpoint.fingerprint().equals(fingerprint)) {
            return columns;
        }
        var own = column(checkpoint.config());
        var judged = new LinkedHashMap<>(columns);
        judged.values().removeIf(column -> column.attention().equals(own.attention()) && column.reading().equals(own.reading())
                && column.candidate().apply(length).equals(own.candidate().apply(length)));
        Require.that(!judged.isEmpty(), "--evaluator-method",
                "must not be the only method: what finds the key tokens is not judged by them", method, "name another, or an --evaluator");
        return judged;
    }

    private MethodOptions.Column column(ModelConfig model) {
        return MethodOptions.Column.named(method, model);
    }

    /** @param judged MODEL, which is its own evaluator where no other is named */
    private String model(String judged) {
        return evaluator == null ? judged : evaluator;
    }

    private ShortContext context(ModelConfig judged) {
        var usual = context == null ? ShortContext.of(judged.rope().originalLength())
                : ShortContext.ofTokens(TokenCounts.parse("--short-context", context));
        return step == null ? usual : new ShortContext(usual.tokens(), TokenCounts.parse("--short-step", step));
    }
}
