package io.longrope.evaluator.facts;

import com.fasterxml.jackson.annotation.JacksonInject;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Retrieval;

import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * What a checkpoint is, as the worker found it that opened it.
 *
 * @param config           its config.json
 * @param weights          bytes of its weights by number format
 * @param precision        the number format of most of them
 * @param tokenizer        fingerprint of its tokenizer; {@code none} without one
 * @param startToken       what samples begin with; empty = with their text
 * @param shortestNeedle   tokens a needle prompt takes at least; empty without a tokenizer
 * @param shortestPrompts  tokens a prompt of each kind takes at least; empty without a tokenizer, and as workers of before tell it
 */
@JsonInclude
@JsonIgnoreProperties(value = "shortestPasskey", allowGetters = true)
public record ModelFacts(JsonNode config, Map<String, Long> weights, Precision precision, String tokenizer,
        OptionalInt startToken, OptionalInt shortestNeedle, Map<Retrieval, Integer> shortestPrompts) {

    public ModelFacts(JsonNode config, Map<String, Long> weights, Precision precision, String tokenizer, OptionalInt startToken,
                      OptionalInt shortestNeedle, @JacksonInject(Json.MAP_LEFT_OUT) Map<Retrieval, Integer> shortestPrompts) {
        Require.present(config, "model.config");
        Require.present(weights, "model.weights");
        Require.present(precision, "model.precision");
        Require.notBlank(tokenizer, "model.tokenizer");
        Require.present(startToken, "model.startToken");
        Require.present(shortestNeedle, "model.shortestNeedle");
        Require.present(shortestPrompts, "model.shortestPrompts");
        this.config = config;
        this.weights = new TreeMap<>(weights);
        this.precision = precision;
        this.tokenizer = tokenizer;
        this.startToken = startToken;
        this.shortestNeedle = shortestNeedle;
        this.shortestPrompts = new TreeMap<>(shortestPrompts);
    }

    /** Drivers of before ask for that of pass keys alone. */
    @JsonProperty
    public OptionalInt shortestPasskey() {
        var passkey = shortestPrompts.get(Retrieval.PASSKEY);
        return passkey == null ? OptionalInt.empty() : OptionalInt.of(passkey);
    }
}
