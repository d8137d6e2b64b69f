package io.longrope.search.kafka;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobLogContract;
import io.longrope.search.job.JobSubmission;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.time.Instant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KafkaJobLogTest extends JobLogContract {

    private final KafkaSettings settings = TestBroker.fresh();

    @Override
    protected JobLog openLog() {
        return KafkaJobLog.open(settings);
    }

    @Test
    void aMessageOfExactlyTheLimitArrives() {
        var id = new JobId("j".repeat(64));
        try (var log = KafkaJobLog.open(settings)) {
            int envelope = new JobMessage(submission(id, 0), 0).write().length;
            log.submit(submission(id, Messages.LARGEST_WRITTEN - envelope));
            assertThat(log.submissions()).hasSize(1);
        }
        try (var log = KafkaJobLog.open(settings)) {
            var other = new JobId("other");
            int envelope = new JobMessage(submission(other, 0), 0).write().length;
            assertThatThrownBy(() -> log.submit(submission(other, Messages.LARGEST_WRITTEN - envelope + 1))).isInstanceOf(BadInput.class)
                    .hasMessageContaining("plan must be at most " + Messages.LARGEST_WRITTEN + " bytes");
        }
    }

    private static JobSubmission submission(JobId id, int planBytes) {
        return new JobSubmission(id, "p".repeat(planBytes + 1), Instant.parse("2026-01-01T00:00:00Z"));
    }
}
