package io.longrope.evaluator.checkpoint.internal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HalfFloatsTest {

    @Test
    void everyBitPatternSurvivesTheWayThroughFloat() {
        for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
            short pattern = (short) bits;
            float half = HalfFloats.fromFloat16(pattern);
            float brain = HalfFloats.fromBfloat16(pattern);
            assertThat(Float.isNaN(half) || HalfFloats.toFloat16(half) == pattern).as("f16 %04x", bits & 0xffff).isTrue();
            assertThat(Float.isNaN(brain) || HalfFloats.toBfloat16(brain) == pattern).as("bf16 %04x", bits & 0xffff).isTrue();
        }
        assertThat(HalfFloats.fromFloat16(HalfFloats.toFloat16(Float.NaN))).isNaN();
        assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(Float.NaN))).isNaN();
    }

    @ParameterizedTest
    @CsvSource({
            // ties go to the even neighbour; just above a tie goes up
            "0x1.01p0, 0x1.00p0, 0x1.01p0", "0x1.03p0, 0x1.04p0, 0x1.03p0", "0x1.0101p0, 0x1.02p0, 0x1.01p0",
            "0x1.002p0, 0x1.0p0, 0x1.0p0", "0x1.006p0, 0x1.0p0, 0x1.008p0", "-0x1.0021p0, -0x1.0p0, -0x1.004p0",
            // overflow and the subnormals of f16
            "65519.9, 65536, 65504", "65520, 65536, Infinity", "3.4e38, Infinity, Infinity",
            "0x1.8p-25, 0x1.8p-25, 0x1p-24", "0x1p-25, 0x1p-25, 0", "0x1.ffep-15, 0x1p-14, 0x1p-14"})
    void roundsToNearestEven(float value, float brain, float half) {
        assertThat(HalfFloats.fromBfloat16(HalfFloats.toBfloat16(value))).isEqualTo(brain);
        assertThat(HalfFloats.fromFloat16(HalfFloats.toFloat16(value))).isEqualTo(half);
    }
}
