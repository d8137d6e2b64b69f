package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import io.longrope.search.work.Precision;

/** Tensors of the sizes and precisions that weights have. The script knows a precision by the number PyTorch has for it. */
public final class WeightTensors {

    private WeightTensors() {
    }

    /** Of a weight, with nothing in it. */
    static PtNDArray room(long[] sizes, PtNDManager manager, Precision precision) {
        var script = Script.instance();
        try (var scope = (PtNDManager) manager.newSubManager(); var like = DeviceMemory.of(scope, new float[0]);
             var empty = script.tensor(scope, "convert", like, scalarType(Precision.F32), scalarType(precision), 0.0);
             var shape = IValue.listFrom(sizes)) {
            return script.tensor(manager, "room", empty, shape);
        }
    }

    /** Normally distributed, of a magnitude usual for weights. */
    public static PtNDArray random(PtNDManager manager, Precision precision, long... shape) {
        try (var values = (PtNDArray) manager.randomNormal(0, 0.02f, new Shape(shape), DataType.FLOAT32)) {
            return converted(values, precision);
        }
    }

    /** The same values in another precision, on the same device. */
    public static PtNDArray converted(PtNDArray values, Precision precision) {
        return Script.instance().tensor((PtNDManager) values.getManager(), "convert", values, scalarType(Precision.F32),
                scalarType(precision), 0.0);
    }

    static int scalarType(io.longrope.evaluator.checkpoint.DataType type) {
        return switch (type) {
            case F32 -> 6;
            case F16 -> 5;
            case BF16 -> 15;
        };
    }

    static int scalarType(Precision precision) {
        return switch (precision) {
            case F32 -> 6;
            case F16 -> 5;
            case BF16 -> 15;
        };
    }
}
