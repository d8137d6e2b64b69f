package io.longrope.progressive.cli;

import io.longrope.search.job.JobLog;
import picocli.CommandLine.Mixin;

/** What every command has that looks into the job log of a Kafka and leaves. */
final class ClientOptions {

    @Mixin
    private KafkaOptions kafka;

    @Mixin
    private LogOptions log;

    /** The log is the caller's to close. */
    JobLog open(Main.Console console) {
        log.apply(console);
        return kafka.jobLog();
    }

    KafkaOptions kafka() {
        return kafka;
    }
}
