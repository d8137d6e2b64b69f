package io.longrope.search.job;

import io.longrope.search.evaluation.SampleShare;
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
 */
public record DataPlan(String training, String evaluation, Map<SampleShare, Integer> samples) {

    public DataPlan {
        Require.notBlank(evaluation, "data.evaluation");
        samples = new EnumMap<>(Require.present(samples, "data.samples"));
        for (var share : SampleShare.values()) {
            Require.atLeast(1, samples.getOrDefault(share, 0), "data.samples." + share.name().toLowerCase(Locale.ROOT));
        }
    }

    public int samples(SampleShare share) {
        return samples.get(share);
    }
}
