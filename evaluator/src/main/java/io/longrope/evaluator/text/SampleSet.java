package io.longrope.evaluator.text;

import io.longrope.search.json.Json;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;

/** Token sequences of equal length cut from a text. */
public final class SampleSet {

    private final long seed;
    private final int[][] samples;

    SampleSet(long seed, int[][] samples) {
        this.seed = seed;
        this.samples = samples;
    }

    /** Which decided where in its share each begins. */
    public long seed() {
        return seed;
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

    /** Of the token ids of all samples. */
    public String fingerprint() {
        return fingerprint(0, samples.length);
    }

    /** Of a sample's token ids, see {@link io.longrope.search.work.Sample}. */
    public String fingerprint(int index) {
        return fingerprint(index, index + 1);
    }

    private String fingerprint(int from, int to) {
        var digest = Json.sha256();
        for (var sample : Arrays.copyOfRange(samples, from, to)) {
            var bytes = ByteBuffer.allocate(Integer.BYTES * sample.length).order(ByteOrder.LITTLE_ENDIAN);
            Arrays.stream(sample).forEach(bytes::putInt);
            digest.update(bytes.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
