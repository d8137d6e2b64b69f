package io.longrope.evaluator.training.internal;

import io.longrope.search.work.Precision;

/** What a training pass computes in. */
enum PassPrecision {
    F32(6),
    /** With master weights in float32. */
    BF16(15),
    /** For checks of gradients. */
    F64(7);

    private final int scalarType;

    PassPrecision(int scalarType) {
        this.scalarType = scalarType;
    }

    static PassPrecision of(Precision precision) {
        return precision == Precision.BF16 ? BF16 : F32;
    }

    /** libtorch's number for it. */
    int scalarType() {
        return scalarType;
    }

    /** Whether weights are computed with in another type than they are kept in. */
    boolean hasMasters() {
        return this == BF16;
    }
}
