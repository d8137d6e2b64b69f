package io.longrope.evaluator.checkpoint.internal;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import static org.assertj.core.api.Assertions.assertThat;

/** Every format of blocks gives, to the bit, what the Python package gguf gives (freeze_gguf_blocks.py). */
class BlockFormatTest {

    @ParameterizedTest
    @EnumSource(BlockFormat.class)
    void valuesAreThoseOfTheGgufPackage(BlockFormat format) throws IOException {
        var frozen = frozen(format);
        int bytes = frozen.getInt();
        var stored = frozen.slice(frozen.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
        frozen.position(frozen.position() + bytes);
        assertThat(bytes % format.bytes()).isZero();
        var values = new float[bytes / format.bytes() * format.elements()];
        assertThat(frozen.remaining()).isEqualTo(4 * values.length);

        format.unpack(stored, values);

        for (int i = 0; i < values.length; i++) {
            assertThat(Float.floatToRawIntBits(values[i])).as("element %d", i).isEqualTo(frozen.getInt());
        }
    }

    private static ByteBuffer frozen(BlockFormat format) throws IOException {
        try (var in = BlockFormatTest.class.getResourceAsStream("/io/longrope/evaluator/checkpoint/blocks/" + format + ".bin")) {
            assertThat(in).as("frozen blocks of %s", format).isNotNull();
            return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
