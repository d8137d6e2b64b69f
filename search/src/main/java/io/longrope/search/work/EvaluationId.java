package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.longrope.search.json.Json;
import io.longrope.search.problem.Require;

import java.util.LinkedHashMap;
import java.util.regex.Pattern;

/**
 * SHA-256 of the canonical JSON of everything that decides a score: model and sample fingerprints (not their paths),
 * length, objective, candidate, precision, loss bounds; for needles, whose keys and numbers are drawn with it, the samples'
 * seed. The same question always has the same id, in every job.
 *
 * @param value 64 lower-case hexadecimal digits
 */
public record EvaluationId(@JsonValue String value) {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    @JsonCreator
    public EvaluationId {
        Require.that(value != null && FORM.matcher(value).matches(), "evaluation id", "must be 64 lower-case hex digits", value);
    }

    static EvaluationId of(Evaluation evaluation) {
        var question = new LinkedHashMap<String, Object>();
        question.put("model", evaluation.model().fingerprint());
        question.put("samples", evaluation.samples().fingerprint());
        question.put("length", evaluation.samples().length());
        question.put("objective", evaluation.objective());
        question.put("factors", evaluation.candidate().factors());
        question.put("startTokens", evaluation.candidate().startTokens());
        question.put("attentionFactor", evaluation.candidate().attentionFactor());
        question.put("precision", evaluation.precision());
        if (evaluation.objective() == Objective.NEEDLE) {
            question.put("seed", evaluation.samples().seed());
        }
        if (!evaluation.lossBounds().isEmpty()) {
            question.put("lossBounds", evaluation.lossBounds());
        }
        return new EvaluationId(Json.sha256(Json.canonical(question)));
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
