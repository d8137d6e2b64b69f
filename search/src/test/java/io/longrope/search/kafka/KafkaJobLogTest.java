package io.longrope.search.kafka;

import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobLogContract;

class KafkaJobLogTest extends JobLogContract {

    private final KafkaSettings settings = TestBroker.fresh();

    @Override
    protected JobLog openLog() {
        return KafkaJobLog.open(settings);
    }
}
