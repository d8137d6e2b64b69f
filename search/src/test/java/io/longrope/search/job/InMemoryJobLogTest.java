package io.longrope.search.job;

import org.junit.jupiter.api.AfterEach;

class InMemoryJobLogTest extends JobLogContract {

    private final InMemoryJobLog log = new InMemoryJobLog();

    @Override
    protected JobLog openLog() {
        return log;
    }

    @AfterEach
    void close() {
        log.close();
    }
}
