package io.longrope.progressive.cli.option;

import io.longrope.search.job.JobLog;
import picocli.CommandLine.Mixin;

/** What every command has that looks into the job log of a Kafka and leaves. */
public final class ClientOptions {

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    /** The log is the caller's to close. */
    public JobLog open(Console console) {
        log.apply(console);
        return kafka.jobLog();
    }

    public KafkaOptions kafka() {
        return kafka;
    }
}
