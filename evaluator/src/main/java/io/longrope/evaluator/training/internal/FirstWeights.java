package io.longrope.evaluator.training.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.Checkpoint;
import io.longrope.evaluator.decoder.internal.DeviceMemory;
import io.longrope.evaluator.decoder.internal.WeightName;
import io.longrope.evaluator.decoder.internal.WeightReader;
import io.longrope.evaluator.decoder.internal.WeightTensors;
import io.longrope.search.work.Precision;

import java.util.function.Function;

/** What the weights of a model are before its first step of training. */
@FunctionalInterface
public interface FirstWeights extends AutoCloseable {

    /** A new tensor in float32, which belongs to the manager. */
    PtNDArray tensor(WeightName name, PtNDManager manager);

    /** Once all are made. */
    @Override
    default void close() {
    }

    /** Those of a checkpoint, read into the device's memory part by part: none of them is ever on Java's heap. */
    static FirstWeights of(Checkpoint checkpoint) {
        var reader = new WeightReader();
        return new FirstWeights() {
            @Override
            public PtNDArray tensor(WeightName name, PtNDManager manager) {
                return reader.read(name.open(checkpoint), manager, Precision.F32, 0);
            }

            @Override
            public void close() {
                reader.close();
            }
        };
    }

    /** Normally distributed, of a magnitude usual for weights: for measurements of speed and memory. */
    static FirstWeights random() {
        return (name, manager) -> WeightTensors.random(manager, Precision.F32, name.shape());
    }

    /** @param values gives those of a weight, row-major */
    static FirstWeights of(Function<WeightName, float[]> values) {
        return (name, manager) -> {
            try (var heap = DeviceMemory.of(manager, values.apply(name), new Shape(name.shape()))) {
                return DeviceMemory.copy(heap);
            }
        };
    }
}
