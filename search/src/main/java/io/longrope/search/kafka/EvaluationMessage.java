package io.longrope.search.kafka;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.longrope.search.evaluation.DeliveryRules;
import io.longrope.search.evaluation.Evaluation;
import io.longrope.search.problem.Require;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An evaluation in a queue.
 *
 * @param evaluation what is asked
 * @param deliveries how often earlier copies of this message were delivered and failed
 * @param refusals   the reason of each worker that refused it, by worker
 * @param refused    when the first of them did; absent when none did
 */
record EvaluationMessage(Evaluation evaluation, int deliveries, Map<String, String> refusals,
                         @JsonInclude(JsonInclude.Include.ALWAYS) Optional<Instant> refused) {

    private static final String TYPE = "evaluation";
    private static final int MAX_REASON = 500;

    EvaluationMessage {
        Require.present(evaluation, "evaluation");
        Require.atLeast(0, deliveries, "deliveries");
        refusals = Collections.unmodifiableMap(new TreeMap<>(Require.present(refusals, "refusals")));
        refused = refused == null ? Optional.empty() : refused;
        Require.that(refusals.isEmpty() == refused.isEmpty(), "refused", "must be given exactly when there are refusals", refused);
    }

    static EvaluationMessage of(Evaluation evaluation) {
        return new EvaluationMessage(evaluation, 0, Map.of(), Optional.empty());
    }

    EvaluationMessage withDeliveries(int deliveries) {
        return new EvaluationMessage(evaluation, deliveries, refusals, refused);
    }

    EvaluationMessage refusedBy(String worker, String reason, Instant now) {
        var more = new TreeMap<>(refusals);
        more.put(worker, reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON));
        return new EvaluationMessage(evaluation, deliveries, more, refused.or(() -> Optional.of(now)));
    }

    DeliveryRules.Refusals refusals(Instant now) {
        return refused.map(since -> new DeliveryRules.Refusals(refusals.keySet(), Duration.between(since, now)))
                .orElse(DeliveryRules.Refusals.NONE);
    }

    byte[] write() {
        return Messages.write(TYPE, this);
    }

    static EvaluationMessage read(byte[] bytes) {
        return Messages.read(bytes, TYPE, EvaluationMessage.class);
    }
}
