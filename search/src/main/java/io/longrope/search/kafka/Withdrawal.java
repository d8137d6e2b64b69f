package io.longrope.search.kafka;

import io.longrope.search.work.EvaluationId;
import io.longrope.search.problem.Require;

/**
 * Tells workers that nobody waits for an evaluation any more. Asked again later it comes as a new message, which this
 * does not concern.
 *
 * @param id     the evaluation
 * @param topic  the queue's topic
 * @param before messages below this offset of the topic are meant
 */
record Withdrawal(EvaluationId id, String topic, long before) {

    static final String TYPE = "withdrawal";

    /** Keeps it apart from the score of the same evaluation when the topic is compacted. */
    static final String KEY_PREFIX = TYPE + ":";

    Withdrawal {
        Require.present(id, "withdrawal.id");
        Require.notBlank(topic, "withdrawal.topic");
        Require.atLeast(0L, before, "withdrawal.before");
    }

    String key() {
        return KEY_PREFIX + topic + ":" + id;
    }

    byte[] write() {
        return Messages.write(TYPE, this);
    }
}
