package io.longrope.search.table.gguf;

/** Types of metadata values, in the order of their numbers. */
public enum GgufValueType {
    U8(1), I8(1), U16(2), I16(2), U32(4), I32(4), F32(4), BOOL(1), STRING(0), ARRAY(0), U64(8), I64(8), F64(8);

    /** Size of a value, 0 where it varies. */
    final int bytes;

    GgufValueType(int bytes) {
        this.bytes = bytes;
    }
}
