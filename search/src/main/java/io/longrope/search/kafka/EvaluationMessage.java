package io.longrope.search.kafka;

import io.longrope.search.evaluation.Evaluation;
import io.longrope.search.problem.Require;

/**
 * An evaluation in a queue.
 *
 * @param evaluation what is asked
 * @param deliveries how often earlier copies of this message were delivered and failed
 */
record EvaluationMessage(Evaluation evaluation, int deliveries) {

    private static final String TYPE = "evaluation";

    EvaluationMessage {
        Require.present(evaluation, "evaluation");
        Require.atLeast(0, deliveries, "deliveries");
    }

    byte[] write() {
        return Messages.write(TYPE, this);
    }

    static EvaluationMessage read(byte[] bytes) {
        return Messages.read(bytes, TYPE, EvaluationMessage.class);
    }
}
