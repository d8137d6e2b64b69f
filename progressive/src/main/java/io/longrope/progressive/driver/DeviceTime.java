package io.longrope.progressive.driver;

import io.longrope.search.job.JobEvent;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.work.Tasks;

/**
 * How long devices of workers worked for a job: what earlier runs of it told, and this one so far. What was under way when a driver died,
 * or when a job was put aside, is told by nobody and not counted.
 */
final class DeviceTime {

    private final double before;
    private final Tasks tasks;

    private DeviceTime(double before, Tasks tasks) {
        this.before = before;
        this.tasks = tasks;
    }

    /**
     * From now on.
     *
     * @param tasks of this run of the job
     */
    static DeviceTime of(JobId job, JobLog log, Tasks tasks) {
        return new DeviceTime(log.state(job).map(JobState::deviceSeconds).orElse(0.0) - tasks.deviceSeconds(), tasks);
    }

    /** The event with the time where it tells how far the job is. */
    JobEvent on(JobEvent event) {
        return switch (event.kind()) {
            case GENERATION, TRAINED, STAGE_FINISHED, PAUSED, CANCELLED, FINISHED, INCOMPLETE, FAILED ->
                    event.with(JobEvent.DEVICE_SECONDS, before + tasks.deviceSeconds());
            case SUBMITTED, STARTED, STAGE_STARTED, EVALUATION, TRIED, TABLE, REPORTED, WARNING, WAITS, GOES_ON, PAUSE_REQUESTED,
                    CANCEL_REQUESTED, REMOVED -> event;
        };
    }
}
