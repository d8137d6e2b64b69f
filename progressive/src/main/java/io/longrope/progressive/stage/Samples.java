package io.longrope.progressive.stage;

import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;

import java.util.List;

/** Names the samples of a job. */
@FunctionalInterface
public interface Samples {

    /**
     * The samples of a share at a length; a smaller count is the beginning of a greater one.
     *
     * @param draw 0 = the samples of the job; another number places other samples in the same share, the same ones whenever asked
     * @throws io.longrope.search.problem.BadInput           when the text is too short for them
     * @throws java.util.concurrent.CancellationException when the thread is interrupted
     */
    List<Sample> cut(SampleShare share, int count, int length, int draw);
}
