package io.longrope.search.kafka;

import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A job that waits for a driver.
 *
 * @param submission the job
 * @param deliveries how often earlier copies of this message were delivered and lost their driver
 */
record JobMessage(JobSubmission submission, int deliveries) {

    static final String TYPE = "job";

    JobMessage {
        Require.present(submission, "submission");
        Require.atLeast(0, deliveries, "deliveries");
    }

    byte[] write() {
        return Messages.write(TYPE, this);
    }

    static JobMessage read(ConsumerRecord<byte[], byte[]> message) {
        return Messages.read(message, TYPE, JobMessage.class);
    }
}
