package io.longrope.progressive.bench;

import io.longrope.search.problem.Require;
import io.longrope.search.work.TaskId;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * How long the tasks of a benchmark take: log-normally distributed, so that a few take much longer than most. A task takes equally long
 * whoever does it and however often.
 *
 * @param mean  over many tasks, above 0
 * @param sigma standard deviation of the logarithm of the length, 0 to 3; with 0 all tasks take the mean
 */
public record TaskLength(Duration mean, double sigma) {

    private static final double MOST_SIGMA = 3;

    public TaskLength {
        Require.that(!mean.isNegative() && !mean.isZero(), "seconds", "must be above 0", mean);
        Require.that(sigma >= 0 && sigma <= MOST_SIGMA, "sigma", "must be between 0 and 3", sigma);
    }

    /** The mean of exp(σz − σ²/2) is 1 where z is Gaussian. */
    public Duration of(TaskId task) {
        double gaussian = new SplittableRandom(Long.parseUnsignedLong(task.value().substring(0, 16), 16)).nextGaussian();
        return Duration.ofNanos(Math.round(mean.toNanos() * Math.exp(sigma * gaussian - sigma * sigma / 2)));
    }
}
