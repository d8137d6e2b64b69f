package io.longrope.evaluator.decoder.internal;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.search.work.Precision;

/** Brings stored tensors into memory. One thread at a time. */
public final class WeightReader implements AutoCloseable {

    private Staging staging;

    public WeightReader() {
    }

    WeightReader(Staging staging) {
        this.staging = staging;
    }

    /**
     * In parts that are converted one after the other into their place: the file's format is never in memory as a whole.
     *
     * @param offset added to every element
     */
    public PtNDArray read(StoredTensor stored, PtNDManager manager, Precision precision, double offset) {
        var whole = WeightTensors.room(stored.shape(), manager, precision);
        fill(whole, stored, precision, offset);
        return whole;
    }

    /** @param whole is written over */
    void fill(PtNDArray whole, StoredTensor stored, Precision precision, double offset) {
        if (staging == null) {
            staging = Staging.of(whole.getDevice().isGpu());
        }
        var script = Script.instance();
        var filled = new long[1];
        staging.read(stored, whole, bits -> {
            script.run("put", whole, filled[0], bits, WeightTensors.scalarType(stored.type()), WeightTensors.scalarType(precision), offset);
            filled[0] += bits.size();
        });
    }

    @Override
    public void close() {
        if (staging != null) {
            staging.close();
        }
    }
}
