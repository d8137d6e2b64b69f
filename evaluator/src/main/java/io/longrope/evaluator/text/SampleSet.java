package io.longrope.evaluator.text;

import io.longrope.search.work.SampleReference;
import io.longrope.search.work.SampleShare;
import io.longrope.search.json.Json;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;

/** Token sequences of equal length cut from a text, and the reference by which others cut the same. */
public final class SampleSet {

    private final SampleReference reference;
    private final int[][] samples;

    private SampleSet(SampleReference reference, int[][] samples) {
        this.reference = reference;
        this.samples = samples;
    }

    static SampleSet of(String text, SampleShare share, long seed, int[][] samples) {
        return new SampleSet(new SampleReference(text, share, samples.length, samples[0].length, seed, fingerprint(samples)), samples);
    }

    public SampleReference reference() {
        return reference;
    }

    public int count() {
        return samples.length;
    }

    /** Tokens per sample, start token included. */
    public int length() {
        return samples[0].length;
    }

    /** A copy of a sample's token ids. */
    public int[] sample(int index) {
        return samples[index].clone();
    }

    /**
     * A copy of a sample without its start token.
     *
     * @param startToken the one the samples were cut with
     */
    public int[] text(int index, OptionalInt startToken) {
        return Arrays.copyOfRange(samples[index], startToken.isPresent() ? 1 : 0, samples[index].length);
    }

    private static String fingerprint(int[][] samples) {
        var digest = Json.sha256();
        for (var sample : samples) {
            var bytes = ByteBuffer.allocate(4 * sample.length).order(ByteOrder.LITTLE_ENDIAN);
            Arrays.stream(sample).forEach(bytes::putInt);
            digest.update(bytes.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
