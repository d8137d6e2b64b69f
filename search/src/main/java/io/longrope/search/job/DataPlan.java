package io.longrope.search.job;

import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.Require;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * The texts of a job, as paths below the workers' data root.
 *
 * @param training   what fine-tuning reads; null when no stage trains
 * @param evaluation what candidates are scored on; never trained on
 * @param samples    samples cut from each share of the evaluation text, at least 1 each
 * @param tokens     tokens cut from each share at least: short lengths get as many samples as that takes; 0 = none
 */
public record DataPlan(String training, String evaluation, Map<SampleShare, Integer> samples, Map<SampleShare, Integer> tokens) {

    public DataPlan {
        Require.notBlank(evaluation, "data.evaluation");
        samples = new EnumMap<>(Require.present(samples, "data.samples"));
        tokens = new EnumMap<>(Require.present(tokens, "data.tokens"));
        for (var share : SampleShare.values()) {
            var name = share.name().toLowerCase(Locale.ROOT);
            Require.atLeast(1, samples.getOrDefault(share, 0), "data.samples." + name);
            Require.atLeast(0, tokens.getOrDefault(share, -1), "data.tokens." + name);
        }
    }

    /** How many samples of a share make up what the plan asks for at a length. */
    public int samples(SampleShare share, int length) {
        return samples(share, length, samples.get(share));
    }

    /** As {@link #samples(SampleShare, int)} with another least number of samples. */
    public int samples(SampleShare share, int length, int least) {
        return Math.max(least, (int) Math.ceil((double) tokens.get(share) / length));
    }
}
