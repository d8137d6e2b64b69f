package io.longrope.progressive.storage;

import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.kafka.KafkaStorage;
import io.longrope.search.problem.BadInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How long a driver has things kept; what is empty stays as it is.
 *
 * @param results     in Kafka
 * @param attempts    in Kafka
 * @param checkpoints of jobs that have ended, from their last event on
 */
public record Retention(Optional<Keep> results, Optional<Keep> attempts, Optional<Keep> checkpoints) {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    /** @param time empty = for ever */
    public record Keep(Optional<Duration> time) {
    }

    /** Tells Kafka how long to keep what is there. */
    public void applyTo(KafkaStorage storage) {
        results.ifPresent(keep -> storage.keepResults(keep.time()));
        attempts.ifPresent(keep -> storage.keepAttempts(keep.time()));
    }

    /** Whether everything stays as it is. */
    public boolean saysNothing() {
        return results.isEmpty() && attempts.isEmpty() && checkpoints.isEmpty();
    }

    /**
     * Removes the checkpoints of jobs that ended long ago by the clock that dates them, unless a job builds on them that has not. A paused
     * job has not.
     *
     * @param runs the runs root
     * @param log  that of the storage's Kafka
     */
    public void sweep(Path runs, JobLog log, KafkaStorage storage) throws IOException {
        var time = checkpoints.flatMap(Keep::time);
        if (time.isEmpty()) {
            return;
        }
        var now = storage.now();
        var over = log.states().stream().filter(state -> state.phase().hasEnded() && state.phase() != JobState.Phase.PAUSED)
                .filter(state -> state.updated().plus(time.get()).isBefore(now)).map(state -> state.id().value())
                .collect(Collectors.toSet());
        var deletion = Deletion.of(RunFiles.in(runs), over);
        for (var one : deletion.goes()) {
            LOG.info("{} is removed: {} ended longer ago than checkpoints are kept", one.directory(), String.join(", ", one.users()));
        }
        try {
            deletion.carryOut(storage);
        } catch (BadInput e) {
            LOG.warn("checkpoints are removed later: {}", e.getMessage());
        }
    }
}
