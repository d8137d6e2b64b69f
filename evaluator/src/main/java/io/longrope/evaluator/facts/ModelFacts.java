package io.longrope.evaluator.facts;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a checkpoint is, as the worker found it that opened it.
 *
 * @param config          its config.json
 * @param weights         bytes of its weights by number format
 * @param precision       the number format of most of them
 * @param tokenizer       fingerprint of its tokenizer; {@code none} without one
 * @param startToken      what samples begin with; empty = with their text
 * @param shortestNeedle  tokens a needle prompt takes at least; empty without a tokenizer
 * @param shortestPasskey tokens a pass key prompt takes at least; empty without a tokenizer
 */
@JsonInclude
public record ModelFacts(JsonNode config, Map<String, Long> weights, Precision precision, String tokenizer,
        OptionalInt startToken,
                         OptionalInt shortestNeedle, OptionalInt shortestPasskey) {

    public ModelFacts {
        Require.present(config, "model.config");
        weights = new TreeMap<>(Require.present(weights, "model.weights"));
        Require.present(precision, "model.precision");
        Require.notBlank(tokenizer, "model.tokenizer");
        Require.present(startToken, "model.startToken");
        Require.present(shortestNeedle, "model.shortestNeedle");
        Require.present(shortestPasskey, "model.shortestPasskey");
    }
}
