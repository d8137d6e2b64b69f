package io.longrope.search.job;

import org.junit.jupiter.api.AfterEach;

class InMemoryJobClaimsTest extends JobClaimsContract {

    private final InMemoryJobLog log = new InMemoryJobLog();
    private final InMemoryJobClaims claims = new InMemoryJobClaims(log);

    @Override
    protected JobLog log() {
        return log;
    }

    @Override
    protected JobClaims openDriver() {
        return claims.join();
    }

    @AfterEach
    void close() {
        claims.close();
        log.close();
    }
}
