package io.longrope.progressive.cli.run;

import io.longrope.search.job.JobId;
import io.longrope.search.job.JobLog;
import io.longrope.search.job.JobState;
import io.longrope.search.problem.BadInput;
import picocli.CommandLine.Parameters;

/** Names one of the jobs of a log. */
public final class JobChoice {

    @Parameters(paramLabel = "JOB", description = "The job's id, as submit and jobs print it.")
    private String job;

    /** @throws BadInput when there is none of that id */
    public JobState in(JobLog jobs) {
        var id = new JobId(job);
        var states = jobs.states();
        return states.stream().filter(state -> state.id().equals(id)).findFirst().orElseThrow(() ->
                new BadInput("job", "must be one that was submitted", job,
                        "known are " + states.stream().map(state -> state.id().value()).toList()));
    }
}
