package io.longrope.progressive.cli.look;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.progressive.cli.internal.Problems;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.LogOptions;
import io.longrope.progressive.cli.option.TokenCounts;
import io.longrope.progressive.local.LocalWork;
import io.longrope.progressive.stage.Answers;
import io.longrope.progressive.stage.Evaluation;
import io.longrope.search.json.Json;
import io.longrope.search.json.JsonFault;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Sample;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** {@code longrope score MODEL}: the evaluator for any outside optimiser. */
@Command(name = "score", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Scores candidates: JSON lines in on standard input, JSON lines out, in the same order.",
        footer = {"", "A line in: {\"factors\": [1.0, 1.2, ...], \"startTokens\": 0, \"attentionFactor\": 1.0}; the last two may be "
            + "left out.",
            "A line out: {\"line\": 1, \"outcome\": \"complete\", \"loss\": 1.2, \"perplexity\": 3.3, \"sampleLosses\": [...]},",
            "or {\"line\": 1, \"error\": \"...\"}, and exit code 2 at the end. Lines are scored as they come, several at a time.",
            "", "Example: ${ROOT-COMMAND-NAME} score java-1m --length 1024 --samples 3 --share search < candidates.jsonl"})
public final class ScoreCommand implements Callable<Integer> {

    private static final List<String> KEYS = List.of("factors", "startTokens", "attentionFactor");

    private final Console console;
    private boolean refused;

    @Mixin
    private ScoringOptions scoring;

    @Option(names = "--length", paramLabel = "LENGTH", required = true, description = "Tokens per sample, e.g. 1024 or 128k.")
    private String length;

    @Mixin
    private LogOptions log;

    public ScoreCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, InterruptedException, ExecutionException {
        log.apply(console);
        int tokens = TokenCounts.parse("--length", length);
        try (var open = scoring.open(console, tokens)) {
            var samples = open.scoring().samples(scoring.share(), scoring.samples(), tokens);
            var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            var printed = CompletableFuture.<Void>completedFuture(null);
            int number = 0;
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (!line.isBlank()) {
                    printed = printed.thenCombine(answer(open, samples, number, line), (before, answer) -> {
                        console.out().println(Json.write(answer));
                        return null;
                    });
                }
            }
            printed.get();
        }
        return refused ? Problems.BAD_INPUT : 0;
    }

    private CompletableFuture<Map<String, Object>> answer(LocalWork open, List<Sample> samples, int number, String line) {
        try {
            var candidate = candidate(line, open.geometry().pairs());
            return open.scoring().ask(open.model(), samples, candidate)
                    .handle((evaluation, failure) -> failure == null ? shown(number, evaluation) : givenUp(number, failure));
        } catch (BadInput e) {
            return refused(number, e.getMessage());
        } catch (JsonMappingException e) {
            return refused(number, e.getCause() instanceof BadInput cause ? cause.getMessage()
                    : "factors must be numbers, but was " + JsonFault.of(e).found());
        } catch (JsonProcessingException e) {
            var fault = JsonFault.of(e);
            return refused(number, new Problem("line", "must be a JSON object", fault.found(), fault.wayOut()).toString());
        }
    }

    private static Candidate candidate(String line, int pairs) throws JsonProcessingException {
        var tree = Json.mapper().readTree(line);
        Require.that(tree.isObject(), "line", "must be a JSON object", tree.getNodeType());
        tree.fieldNames().forEachRemaining(key -> Require.that(KEYS.contains(key), key, "must be a key of a candidate", "unknown",
                Suggestion.forName(key, KEYS)));
        Require.that(tree.path("factors").isArray(), "factors", "must be a list of numbers", tree.path("factors"));
        var factors = Json.mapper().treeToValue(tree.get("factors"), RescaleFactors.class);
        Require.that(factors.pairs() == pairs, "factors", "must be " + pairs + " for this model", factors.pairs());
        return new Candidate(factors, number(tree, "startTokens", 0).intValueExact(), number(tree, "attentionFactor", 1).doubleValue());
    }

    private static BigDecimal number(JsonNode tree, String key, int fallback) {
        var value = tree.path(key);
        Require.that(value.isMissingNode() || value.isNumber() && (key.equals("attentionFactor") || value.isInt()), key,
                "must be a number", value);
        return value.isMissingNode() ? BigDecimal.valueOf(fallback) : value.decimalValue();
    }

    private CompletableFuture<Map<String, Object>> refused(int number, String error) {
        refused = true;
        var answer = new LinkedHashMap<String, Object>();
        answer.put("line", number);
        answer.put("error", error);
        return CompletableFuture.completedFuture(answer);
    }

    private static Map<String, Object> shown(int number, Evaluation evaluation) {
        return shown(number, evaluation.isComplete() ? "complete" : "diverged", evaluation.loss(), evaluation.sampleLosses(),
                evaluation.reason());
    }

    private static Map<String, Object> givenUp(int number, Throwable failure) {
        return shown(number, "given-up", Double.POSITIVE_INFINITY, List.of(), String.valueOf(Answers.failure(failure).getMessage()));
    }

    private static Map<String, Object> shown(int number, String outcome, double loss, List<Double> sampleLosses, String reason) {
        var answer = new LinkedHashMap<String, Object>();
        answer.put("line", number);
        answer.put("outcome", outcome);
        answer.put("loss", loss);
        answer.put("perplexity", Math.exp(loss));
        answer.put("sampleLosses", sampleLosses);
        if (!reason.isEmpty()) {
            answer.put("reason", reason);
        }
        return answer;
    }
}
