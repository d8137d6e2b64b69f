package io.longrope.search.kafka;

import io.longrope.search.job.JobClaims;
import io.longrope.search.job.JobClaimsContract;
import io.longrope.search.job.JobLog;
import org.junit.jupiter.api.AfterEach;

import java.time.InstantSource;

class KafkaJobClaimsTest extends JobClaimsContract {

    private final KafkaSettings settings = TestBroker.fresh();
    private final KafkaJobLog log = KafkaJobLog.open(settings);

    @Override
    protected JobLog log() {
        return log;
    }

    @Override
    protected JobClaims openDriver() {
        return KafkaJobClaims.open(settings, "driver", log, InstantSource.system());
    }

    @AfterEach
    void close() {
        log.close();
    }
}
