package io.longrope.progressive.bench;

import io.longrope.search.work.Precision;
import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.Require;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What all searches of a benchmark have in common; results of other settings cannot be compared with them.
 *
 * @param model       fingerprint of the checkpoint
 * @param text        path below the data root
 * @param samples     samples of each share, at least 1
 * @param sampleSeed  decides where samples begin
 * @param precision   number format of weights and activations
 * @param from        methods every search starts from
 */
public record SearchBenchSettings(String model, String text, Map<SampleShare, Integer> samples, long sampleSeed, Precision precision,
                                  List<String> from) {

    public SearchBenchSettings {
        samples = new EnumMap<>(samples);
        for (var share : SampleShare.values()) {
            Require.atLeast(1, samples.getOrDefault(share, 0), "samples of the " + share.name().toLowerCase(Locale.ROOT) + " share");
        }
        from = List.copyOf(from);
        Require.that(!from.isEmpty(), "--from", "must name at least one method", "none");
    }
}
