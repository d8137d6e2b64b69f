package io.longrope.evaluator.checkpoint.internal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * How ggml stores the numbers of a weight: blocks of so many elements, most of them small integers that share a scale. What comes out
 * is, to the bit, what the Python package {@code gguf} 0.19 makes of the same bytes: each formula is the float32 arithmetic of its
 * {@code quants.py}, in the same order.
 */
public enum BlockFormat {

    F32(0, 1, 4) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            values[at] = block.getFloat(0);
        }
    },

    F16(1, 1, 2) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            values[at] = HalfFloats.fromFloat16(block.getShort(0));
        }
    },

    BF16(30, 1, 2) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            values[at] = HalfFloats.fromBfloat16(block.getShort(0));
        }
    },

    /** scale f16; 32 × 4 bits. */
    Q4_0(2, 32, 18) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 0);
            for (int i = 0; i < 32; i++) {
                values[at + i] = scale * (nibble(block, 2, i) - 8);
            }
        }
    },

    /** scale f16, minimum f16; 32 × 4 bits. */
    Q4_1(3, 32, 20) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 0);
            float minimum = half(block, 2);
            for (int i = 0; i < 32; i++) {
                values[at + i] = scale * nibble(block, 4, i) + minimum;
            }
        }
    },

    /** scale f16; 32 fifth bits; 32 × 4 bits. */
    Q5_0(6, 32, 22) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 0);
            int fifth = block.getInt(2);
            for (int i = 0; i < 32; i++) {
                values[at + i] = scale * ((nibble(block, 6, i) | (fifth >>> i & 1) << 4) - 16);
            }
        }
    },

    /** scale f16, minimum f16; 32 fifth bits; 32 × 4 bits. */
    Q5_1(7, 32, 24) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 0);
            float minimum = half(block, 2);
            int fifth = block.getInt(4);
            for (int i = 0; i < 32; i++) {
                values[at + i] = scale * (nibble(block, 8, i) | (fifth >>> i & 1) << 4) + minimum;
            }
        }
    },

    /** scale f16; 32 × 8 bits. */
    Q8_0(8, 32, 34) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 0);
            for (int i = 0; i < 32; i++) {
                values[at + i] = scale * block.get(2 + i);
            }
        }
    },

    /** 16 × (scale 4 bits, minimum 4 bits); 256 × 2 bits; scale of scales f16, of minima f16. */
    Q2_K(10, 256, 84) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 80);
            float minimum = half(block, 82);
            for (int group = 0; group < 16; group++) {
                int packed = unsigned(block, group);
                group(values, at, 16 * group, 16, scale * (packed & 15), minimum * (packed >> 4), i -> pair(block, 16, i));
            }
        }
    },

    /** 256 third bits; 256 × 2 bits; 16 scales of 6 bits; scale of scales f16. */
    Q3_K(11, 256, 110) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 108);
            for (int i = 0; i < 256; i++) {
                int third = unsigned(block, i % 32) >> i / 32 & 1;
                // a third bit that is not set takes 4 away
                values[at + i] = scale * scale(block, i / 16) * (pair(block, 32, i) - ((third ^ 1) << 2));
            }
        }

        private int scale(ByteBuffer block, int group) {
            int low = unsigned(block, 96 + group % 8) >> 4 * (group / 8) & 15;
            int high = unsigned(block, 104 + group % 4) >> 2 * (group / 4) & 3;
            return (low | high << 4) - 32;
        }
    },

    /** scale of scales f16, of minima f16; 8 × (scale 6 bits, minimum 6 bits); 256 × 4 bits. */
    Q4_K(12, 256, 144) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            sixBitGroups(block, values, at, i -> turn(block, 16, i));
        }
    },

    /** As Q4_K with 256 fifth bits before the others. */
    Q5_K(13, 256, 176) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            sixBitGroups(block, values, at, i -> turn(block, 48, i) | (unsigned(block, 16 + i % 32) >> i / 32 & 1) << 4);
        }
    },

    /** 256 × 4 low bits; 256 × 2 high bits; 16 scales of 8 bits; scale of scales f16. */
    Q6_K(14, 256, 210) {
        @Override
        void unpack(ByteBuffer block, float[] values, int at) {
            float scale = half(block, 208);
            for (int i = 0; i < 256; i++) {
                int low = unsigned(block, i / 128 * 64 + i % 64) >> 4 * (i / 64 % 2) & 15;
                values[at + i] = scale * block.get(192 + i / 16) * ((low | pair(block, 128, i) << 4) - 32);
            }
        }
    };

    private final int id;
    private final int elements;
    private final int bytes;

    BlockFormat(int id, int elements, int bytes) {
        this.id = id;
        this.elements = elements;
        this.bytes = bytes;
    }

    /** @param id the number in the file (ggml_type); empty = no weight in this format can be read */
    public static Optional<BlockFormat> of(int id) {
        return Arrays.stream(values()).filter(format -> format.id == id).findFirst();
    }

    /** Of a block. */
    public int elements() {
        return elements;
    }

    /** Of a block. */
    public int bytes() {
        return bytes;
    }

    /**
     * The numbers of whole blocks that follow each other.
     *
     * @param stored little-endian, read from its position on
     * @param values filled from its start on; its length is a multiple of {@link #elements}
     */
    public void unpack(ByteBuffer stored, float[] values) {
        for (int at = 0; at < values.length; at += elements) {
            unpack(stored.slice(stored.position() + at / elements * bytes, bytes).order(stored.order()), values, at);
        }
    }

    abstract void unpack(ByteBuffer block, float[] values, int at);

    /** Numbers [from, from + size) of a block, which have a scale and a minimum of their own. */
    private static void group(float[] values, int at, int from, int size, float scale, float minimum, IntUnaryOperator number) {
        for (int i = from; i < from + size; i++) {
            values[at + i] = scale * number.applyAsInt(i) - minimum;
        }
    }

    /** A block of Q4_K or Q5_K: 8 groups of 32. */
    private static void sixBitGroups(ByteBuffer block, float[] values, int at, IntUnaryOperator number) {
        float scale = half(block, 0);
        float minimum = half(block, 2);
        for (int group = 0; group < 8; group++) {
            group(values, at, 32 * group, 32, scale * sixBitScale(block, group), minimum * sixBitMinimum(block, group), number);
        }
    }

    private static float half(ByteBuffer block, int offset) {
        return HalfFloats.fromFloat16(block.getShort(offset));
    }

    private static int unsigned(ByteBuffer block, int offset) {
        return block.get(offset) & 0xff;
    }

    /** Of 32 numbers of 4 bits, the second 16 in the upper halves of the bytes. */
    private static int nibble(ByteBuffer block, int offset, int i) {
        return unsigned(block, offset + i % 16) >> 4 * (i / 16) & 15;
    }

    /** Of 256 numbers of 4 bits, in turns of 32 in the lower and 32 in the upper halves of 32 bytes. */
    private static int turn(ByteBuffer block, int offset, int i) {
        return unsigned(block, offset + i / 64 * 32 + i % 32) >> 4 * (i / 32 % 2) & 15;
    }

    /** Of 256 numbers of 2 bits, in four turns of 32 in each 32 bytes. */
    private static int pair(ByteBuffer block, int offset, int i) {
        return unsigned(block, offset + i / 128 * 32 + i % 32) >> 2 * (i / 32 % 4) & 3;
    }

    /** Of Q4_K and Q5_K: 12 bytes from the fourth on hold 8 scales and 8 minima, the upper bits of the last four apart. */
    private static int sixBitScale(ByteBuffer block, int group) {
        return group < 4 ? unsigned(block, 4 + group) & 63
                : unsigned(block, 8 + group) & 15 | unsigned(block, group) >> 2 & 0x30;
    }

    private static int sixBitMinimum(ByteBuffer block, int group) {
        return group < 4 ? unsigned(block, 8 + group) & 63
                : unsigned(block, 8 + group) >> 4 | unsigned(block, 4 + group) >> 2 & 0x30;
    }
}
