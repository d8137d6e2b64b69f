package io.longrope.evaluator.checkpoint;

import io.longrope.evaluator.checkpoint.internal.HalfFloats;

import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Number format of a stored tensor. */
public enum DataType {
    F32(4),
    F16(2),
    BF16(2);

    private final int bytes;

    DataType(int bytes) {
        this.bytes = bytes;
    }

    /** The one that most elements are in; empty where there are no tensors. */
    static Optional<DataType> mostOf(List<StoredTensor> tensors) {
        var elements = new EnumMap<DataType, Long>(DataType.class);
        tensors.forEach(tensor -> elements.merge(tensor.type(), tensor.elements(), Long::sum));
        return elements.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey);
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    /** Reads the next element; exact for all three formats. */
    float read(ByteBuffer littleEndian) {
        return switch (this) {
            case F32 -> littleEndian.getFloat();
            case F16 -> HalfFloats.fromFloat16(littleEndian.getShort());
            case BF16 -> HalfFloats.fromBfloat16(littleEndian.getShort());
        };
    }

    /** Writes one element, rounded to nearest, ties to even. */
    public void write(float value, ByteBuffer littleEndian) {
        switch (this) {
            case F32 -> littleEndian.putFloat(value);
            case F16 -> littleEndian.putShort(HalfFloats.toFloat16(value));
            case BF16 -> littleEndian.putShort(HalfFloats.toBfloat16(value));
        }
    }
}
