package io.longrope.search.job;

import io.longrope.search.problem.Require;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The states of jobs, brought up to date by their events in order. Events are told apart by their offsets in the log. Not
 * thread-safe.
 */
public final class JobStates {

    private final Map<JobId, Snapshot> snapshots = new HashMap<>();

    /**
     * The state of a job at some time. What the events tell up to there never changes, so a snapshot is true whoever made it, and
     * an old one needs but the events since.
     *
     * @param first   offset of the job's first event
     * @param through offset of the last event taken into account, whichever job's that was
     */
    public record Snapshot(JobState state, long first, long through) {

        public Snapshot {
            Require.present(state, "snapshot.state");
            Require.atLeast(0L, first, "snapshot.first");
            Require.atLeast(first, through, "snapshot.through");
        }
    }

    /** Takes over what somebody else found; a later one of the same job replaces an earlier one. */
    public void put(Snapshot snapshot) {
        snapshots.merge(snapshot.state().id(), snapshot, (known, other) -> other.through() >= known.through() ? other : known);
    }

    public void remove(JobId id) {
        snapshots.remove(id);
    }

    /** An event that the job's snapshot contains changes nothing, nor does one of a job that was never submitted. */
    public void add(JobEvent event, long offset) {
        var known = find(event.job());
        if (known.filter(snapshot -> snapshot.through() >= offset).isPresent()) {
            return;
        }
        if (event.kind() == JobEvent.Kind.REMOVED) {
            remove(event.job());
        } else if (known.isPresent()) {
            put(new Snapshot(known.get().state().after(event), known.get().first(), offset));
        } else if (event.kind() == JobEvent.Kind.SUBMITTED) {
            put(new Snapshot(JobState.asked(event), offset, offset));
        }
    }

    public Optional<Snapshot> find(JobId id) {
        return Optional.ofNullable(snapshots.get(id));
    }

    /** The oldest job first. */
    public List<Snapshot> snapshots() {
        return snapshots.values().stream().sorted(Comparator.comparingLong(Snapshot::first)).toList();
    }

    /** The oldest job first. */
    public List<JobState> states() {
        return snapshots().stream().map(Snapshot::state).toList();
    }

    /** The offset from which on events may say something new; 0 without any job. */
    public long next() {
        return snapshots.values().stream().mapToLong(Snapshot::through).min().orElse(-1) + 1;
    }
}
