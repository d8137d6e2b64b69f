package io.longrope.progressive.cli.option;

import io.longrope.progressive.driver.Cluster;
import io.longrope.progressive.storage.Retention;
import io.longrope.progressive.storage.Sweeper;
import io.longrope.search.kafka.KafkaStorage;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** How long a driver has things kept. */
public final class RetentionOptions {

    private static final String RESULTS = "--keep-results";
    private static final String ATTEMPTS = "--keep-attempts";
    private static final String CHECKPOINTS = "--keep-checkpoints";

    @Option(names = RESULTS, paramLabel = "TIME", description = "How long Kafka keeps results, e.g. 365d, or \"forever\"; a job that needs "
            + "an older one has it computed again (default: as it is, for ever at first).")
    private String results;

    @Option(names = ATTEMPTS, paramLabel = "TIME", description = "How long Kafka keeps attempts without a result, e.g. 7d, or \"forever\" "
            + "(default: as it is, a day at first).")
    private String attempts;

    @Option(names = CHECKPOINTS, paramLabel = "TIME", description = "Remove a job's model/ and the checkpoints of its trainings so long "
            + "after it ended, e.g. 30d; tables and reports stay, and so does what a job that has not ended builds on (default: for ever).")
    private String checkpoints;

    /** What keeps things, and what it works with. */
    private record Kept(Cluster cluster, KafkaStorage storage, Sweeper sweeper) implements AutoCloseable {

        @Override
        public void close() {
            sweeper.close();
            storage.close();
            cluster.close();
        }
    }

    /**
     * Has things kept as long as they are to be, from now on.
     *
     * @param cluster opened where something was said, and closed with what is returned
     * @param runs    the runs root
     */
    public AutoCloseable keep(Supplier<Cluster> cluster, Path runs) {
        var retention = new Retention(keep(RESULTS, results), keep(ATTEMPTS, attempts), keep(CHECKPOINTS, checkpoints));
        if (retention.saysNothing()) {
            return () -> { };
        }
        var ends = cluster.get();
        var storage = KafkaStorage.open(ends.settings());
        try {
            retention.applyTo(storage);
            return new Kept(ends, storage, Sweeper.hourly(() -> retention.sweep(runs, ends.log(), storage)));
        } catch (RuntimeException e) {
            storage.close();
            ends.close();
            throw e;
        }
    }

    /** Empty where nothing was said. */
    private static Optional<Retention.Keep> keep(String option, String text) {
        return Optional.ofNullable(text).map(time -> new Retention.Keep(time.equals("forever") ? Optional.empty()
                : Optional.of(Times.parse(option, time))));
    }
}
