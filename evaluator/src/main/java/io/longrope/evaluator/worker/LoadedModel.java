package io.longrope.evaluator.worker;

import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.Decoder;
import io.longrope.evaluator.decoder.DecoderOptions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.search.work.Precision;
import io.longrope.search.space.Candidate;

/** A checkpoint in memory, ready to score any candidate. One thread at a time. */
public interface LoadedModel extends AutoCloseable {

    /** As {@link Decoder#losses}. */
    float[] losses(int[] tokens, Candidate candidate);

    @Override
    void close();

    /** Brings a checkpoint into memory. */
    @FunctionalInterface
    interface Loader {

        LoadedModel load(Checkpoint checkpoint, Precision precision);
    }

    /** Brings checkpoints into the memory of a device. */
    static Loader on(Device device) {
        return (checkpoint, precision) -> decoder(checkpoint, new DecoderOptions(device, precision));
    }

    private static LoadedModel decoder(Checkpoint checkpoint, DecoderOptions options) {
        var decoder = Decoder.load(checkpoint, options);
        return new LoadedModel() {
            @Override
            public float[] losses(int[] tokens, Candidate candidate) {
                return decoder.losses(tokens, candidate);
            }

            @Override
            public void close() {
                decoder.close();
            }
        };
    }
}
