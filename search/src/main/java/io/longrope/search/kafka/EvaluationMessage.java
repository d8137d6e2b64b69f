package io.longrope.search.kafka;

import io.longrope.search.work.Evaluation;
import io.longrope.search.problem.Require;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An evaluation in a queue.
 *
 * @param evaluation what is asked
 * @param deliveries how often earlier copies of this message were delivered and failed
 * @param refusals   the reason of each worker that refused it, by worker. When they did is not told: machines do not agree on the time
 */
record EvaluationMessage(Evaluation evaluation, int deliveries, Map<String, String> refusals) {

    private static final String TYPE = "evaluation";
    private static final int MAX_REASON = 500;

    EvaluationMessage {
        Require.present(evaluation, "evaluation");
        Require.atLeast(0, deliveries, "deliveries");
        refusals = Collections.unmodifiableMap(new TreeMap<>(Require.present(refusals, "refusals")));
    }

    static EvaluationMessage of(Evaluation evaluation) {
        return new EvaluationMessage(evaluation, 0, Map.of());
    }

    EvaluationMessage withDeliveries(int deliveries) {
        return new EvaluationMessage(evaluation, deliveries, refusals);
    }

    EvaluationMessage refusedBy(String worker, String reason) {
        var more = new TreeMap<>(refusals);
        more.put(worker, reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON));
        return new EvaluationMessage(evaluation, deliveries, more);
    }

    byte[] write() {
        return Messages.write(TYPE, this);
    }

    static EvaluationMessage read(byte[] bytes) {
        return Messages.read(bytes, TYPE, EvaluationMessage.class);
    }
}
