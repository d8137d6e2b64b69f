package io.longrope.progressive.cli.serve;

import io.longrope.progressive.cli.option.Times;
import io.longrope.search.kafka.BrokerWait;
import io.longrope.search.kafka.KafkaSettings;
import picocli.CommandLine.Option;

import java.util.Optional;

/** How long a role that serves waits for a Kafka that is not there yet. */
final class BrokerWaitOptions {

    private static final String NAME = "--connect-timeout";

    @Option(names = NAME, paramLabel = "TIME", description = "How long to wait at the start for a Kafka that does not answer, e.g. 10m; 0: "
            + "not at all. Then the exit code is 2 (default: for ever, with a line every minute).")
    private String patience;

    /** Returns once it answers. */
    void await(KafkaSettings settings) throws InterruptedException {
        BrokerWait.await(settings, Optional.ofNullable(patience).map(time -> Times.parse(NAME, time)));
    }
}
