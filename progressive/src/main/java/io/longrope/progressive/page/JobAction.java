package io.longrope.progressive.page;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a person may ask of a job. The job log refuses what makes no sense. */
enum JobAction {

    PAUSE(JobLog::pause) {
        @Override
        boolean isPossible(JobState.Phase phase) {
            return phase == JobState.Phase.QUEUED || phase == JobState.Phase.RUNNING || phase == JobState.Phase.WAITING;
        }
    },
    RESUME(JobLog::resume) {
        @Override
        boolean isPossible(JobState.Phase phase) {
            return phase == JobState.Phase.PAUSED;
        }
    },
    CANCEL(JobLog::cancel) {
        @Override
        boolean isPossible(JobState.Phase phase) {
            return !phase.hasEnded() && phase != JobState.Phase.CANCELLING;
        }
    };

    private interface Request {

        void send(JobLog log, JobId job, Instant now);
    }

    private final Request request;

    JobAction(Request request) {
        this.request = request;
    }

    abstract boolean isPossible(JobState.Phase phase);

    static List<JobAction> possible(JobState state) {
        return Arrays.stream(values()).filter(action -> action.isPossible(state.phase())).toList();
    }

    /** @throws NotThere when there is no such action */
    static JobAction named(String label) throws NotThere {
        return Arrays.stream(values()).filter(action -> action.label().equals(label)).findFirst()
                .orElseThrow(() -> new NotThere("action " + label));
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    void send(JobLog log, JobId job, Instant now) {
        request.send(log, job, now);
    }
}
