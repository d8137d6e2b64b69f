package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Candidate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * SHA-256 of the canonical JSON of everything that decides the bits of a task's result, and of nothing else: fingerprints
 * rather than paths, no job, no delivery. The same question has the same id in every job, for ever.
 *
 * @param value 64 lower-case hexadecimal digits
 */
public record TaskId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    @JsonCreator
    public TaskId {
        Require.that(value != null && FORM.matcher(value).matches(), "task id", "must be 64 lower-case hex digits", value);
    }

    /** @param question everything that decides the result, by name */
    static TaskId of(Map<String, Object> question) {
        return new TaskId(Json.sha256(Json.canonical(question)));
    }

    /** What every question to a model under a candidate consists of; the kind of task adds its own. */
    static Map<String, Object> question(String kind, ModelReference model, Candidate candidate, Arithmetic arithmetic) {
        var question = new LinkedHashMap<String, Object>();
        question.put("kind", kind);
        question.put("model", model.fingerprint());
        question.put("factors", candidate.factors());
        question.put("startTokens", candidate.startTokens());
        question.put("attentionFactor", candidate.attentionFactor());
        question.put("arithmetic", arithmetic);
        question.put("version", Arithmetic.VERSION);
        model.startToken().ifPresent(token -> question.put("startToken", token));
        return question;
    }

    /** The first 8 digits, for logs. */
    public String brief() {
        return value.substring(0, 8);
    }

    @Override
    public String toString() {
        return value;
    }
}
