package io.longrope.progressive.cli.run;

import io.longrope.progressive.cli.option.ClientOptions;
import io.longrope.progressive.cli.option.Console;
import io.longrope.progressive.cli.option.KafkaOptions;
import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;

import java.time.Clock;
import java.time.Instant;

/** What a person may ask of a job in one word. The job log refuses what makes no sense; what happens next is told in one line. */
public enum JobRequest {

    CANCEL(JobLog::cancel) {
        @Override
        String told(JobState before, KafkaOptions kafka) {
            return before.phase() == JobState.Phase.QUEUED
                    ? before.id() + " is cancelled: no driver had taken it"
                    : before.id() + " is asked to end: " + byDriver(before) + " and keeps what was found; " + watch(before, kafka)
                            + " ends with it";
        }
    },
    PAUSE(JobLog::pause) {
        @Override
        String told(JobState before, KafkaOptions kafka) {
            return (before.phase() == JobState.Phase.QUEUED ? before.id() + " is paused: no driver had taken it"
                    : before.id() + " is asked to pause: " + byDriver(before) + " and keeps what was found")
                    + "; " + kafka.command("resume", before.id().value()) + " has it go on";
        }
    },
    RESUME(JobLog::resume) {
        @Override
        String told(JobState before, KafkaOptions kafka) {
            return before.id() + " is queued again: a driver that is free goes on with it, and what is known answers at once; "
                    + watch(before, kafka) + " tells how it goes";
        }
    };

    @FunctionalInterface
    private interface Message {

        void send(JobLog jobs, JobId job, Instant now);
    }

    private final Message message;

    JobRequest(Message message) {
        this.message = message;
    }

    /** @return the exit code */
    public int send(Console console, JobChoice job, ClientOptions client) {
        try (var jobs = client.open(console)) {
            var before = job.in(jobs);
            message.send(jobs, before.id(), Clock.systemUTC().instant());
            console.terminal().line(told(before, client.kafka()));
        }
        return 0;
    }

    /** @param before where the job was when it was asked: who runs it may have answered since */
    abstract String told(JobState before, KafkaOptions kafka);

    private static String byDriver(JobState job) {
        return (job.driver().isEmpty() ? "its driver" : "driver " + job.driver()) + " stops it within seconds";
    }

    private static String watch(JobState job, KafkaOptions kafka) {
        return kafka.command("watch", job.id().value());
    }
}
