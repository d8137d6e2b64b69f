package io.longrope.search.evolution;

import io.longrope.search.problem.Require;

import java.util.List;

/**
 * How a search divides its work so that a number of workers is busy. One worker needs none of it: candidates are measured sample by
 * sample, and hopeless ones cost little. Many workers can share the samples of a candidate, so that its loss is known after the time of
 * one; then nothing is left for racing to spare, and a search takes more tokens and far less time. What more they need are more
 * candidates at once, which are chosen knowing less: as few as keep most of them busy find a table soonest.
 *
 * @param batch    candidates asked for at once
 * @param askAhead later candidates that may be asked for while the losses of one are awaited
 * @param racing   hopeless candidates stop
 * @param rungs    where they may
 */
public record WorkSharing(int batch, int askAhead, boolean racing, List<Integer> rungs) {

    private static final int USUAL_BATCH = SearchSettings.builder().build().batch();
    /** From so many candidates on, all samples of each shared out at once, racing no longer finds tables sooner. */
    private static final int WIDE = 5;
    /** Of the workers, those that a wide batch keeps busy. */
    private static final double BUSY = 0.7;
    /** Of the samples, those after which workers not so many decide who goes on. */
    private static final double FIRST_RUNG = 0.4;
    /** The least that lets an algorithm know that it is asked by many workers. */
    private static final int AHEAD = 1;

    public WorkSharing {
        rungs = List.copyOf(rungs);
    }

    /**
     * @param workers for one job, at least 1
     * @param samples candidates are scored on, at least 1
     */
    public static WorkSharing of(SearchAlgorithm algorithm, int workers, int samples) {
        Require.atLeast(1, workers, "workers");
        Require.atLeast(1, samples, "samples");
        if (!algorithm.asksAhead() || workers <= USUAL_BATCH) {
            return new WorkSharing(USUAL_BATCH, 0, algorithm.racesByDefault(), Rungs.USUAL);
        }
        if (workers >= WIDE * samples) {
            return new WorkSharing(Math.max(WIDE, (int) Math.round(BUSY * workers / samples)), AHEAD, false, Rungs.USUAL);
        }
        return new WorkSharing(USUAL_BATCH, AHEAD, algorithm.racesByDefault(), List.of(Math.max(1, (int) (FIRST_RUNG * samples))));
    }

    /** The settings given, with these. */
    public SearchSettings.Builder in(SearchSettings.Builder settings) {
        return settings.batch(batch).askAhead(askAhead).racing(racing).rungs(rungs);
    }
}
