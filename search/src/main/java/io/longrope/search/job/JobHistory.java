package io.longrope.search.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Folds submissions and events, each in its own order, into jobs and their states. Not thread-safe. */
public final class JobHistory {

    private final Map<JobId, JobSubmission> submissions = new LinkedHashMap<>();
    private final Map<JobId, JobState> states = new LinkedHashMap<>();

    /** The first submission of an id counts. */
    public void add(JobSubmission submission) {
        if (submissions.putIfAbsent(submission.id(), submission) == null) {
            states.put(submission.id(), JobState.queued(submission.id(), submission.at()));
        }
    }

    /** Events of jobs that were never submitted change nothing. */
    public void add(JobEvent event) {
        states.computeIfPresent(event.job(), (id, state) -> state.after(event));
    }

    public List<JobSubmission> submissions() {
        return List.copyOf(submissions.values());
    }

    public List<JobState> states() {
        return List.copyOf(states.values());
    }
}
