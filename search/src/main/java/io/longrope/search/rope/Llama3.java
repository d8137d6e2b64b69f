package io.longrope.search.rope;

import io.longrope.search.problem.Require;

import java.util.stream.IntStream;

/**
 * The scaling of Llama 3.1: wavelengths above L / {@code lowFrequencyFactor} are stretched by s, wavelengths below
 * L / {@code highFrequencyFactor} stay, between them the frequency is blended by turns within L.
 */
public record Llama3(Extension extension, double lowFrequencyFactor, double highFrequencyFactor) implements RopeScaling {

    public Llama3 {
        Require.present(extension, "extension");
        Require.positive(lowFrequencyFactor, "low_freq_factor");
        Require.positive(highFrequencyFactor, "high_freq_factor");
        Require.that(highFrequencyFactor > lowFrequencyFactor, "high_freq_factor",
                "must be greater than low_freq_factor, " + lowFrequencyFactor, highFrequencyFactor);
    }

    /** The released models' band, 1 to 4 turns within L. */
    public Llama3() {
        this(Extension.toLength(), 1, 4);
    }

    @Override
    public String name() {
        return "llama3";
    }

    @Override
    public RescaleFactors factors(RopeGeometry geometry, int length) {
        double s = extension.at(geometry, length);
        return RescaleFactors.of(IntStream.range(0, geometry.pairs()).mapToDouble(i -> {
            double turns = geometry.originalLength() / geometry.wavelength(i);
            double kept = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            double share = Math.min(1, Math.max(0, kept));
            return 1 / ((1 - share) / s + share);
        }).toArray());
    }
}
