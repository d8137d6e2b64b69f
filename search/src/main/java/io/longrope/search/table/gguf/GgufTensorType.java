package io.longrope.search.table.gguf;

import java.util.Map;

/**
 * How a tensor's elements are stored: blocks of so many elements in so many bytes.
 *
 * @param id the number in the file (ggml_type)
 */
public record GgufTensorType(int id, int blockElements, int blockBytes) {

    static final GgufTensorType F32 = new GgufTensorType(0, 1, 4);

    /** ggml_type → elements and bytes of a block. */
    private static final Map<Integer, int[]> BLOCKS = Map.ofEntries(
            block(0, 1, 4), block(1, 1, 2), block(2, 32, 18), block(3, 32, 20), block(6, 32, 22), block(7, 32, 24),
            block(8, 32, 34), block(9, 32, 40), block(10, 256, 84), block(11, 256, 110), block(12, 256, 144), block(13, 256, 176),
            block(14, 256, 210), block(15, 256, 292), block(16, 256, 66), block(17, 256, 74), block(18, 256, 98), block(19, 256, 50),
            block(20, 32, 18), block(21, 256, 110), block(22, 256, 82), block(23, 256, 136), block(24, 1, 1), block(25, 1, 2),
            block(26, 1, 4), block(27, 1, 8), block(28, 1, 8), block(29, 256, 56), block(30, 1, 2), block(34, 256, 54),
            block(35, 256, 66), block(39, 32, 17), block(40, 64, 36), block(41, 128, 18));

    /** ggml_type → its name, of those that weights of language models are met in. */
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(0, "F32"), Map.entry(1, "F16"), Map.entry(2, "Q4_0"), Map.entry(3, "Q4_1"), Map.entry(6, "Q5_0"),
            Map.entry(7, "Q5_1"), Map.entry(8, "Q8_0"), Map.entry(10, "Q2_K"), Map.entry(11, "Q3_K"), Map.entry(12, "Q4_K"),
            Map.entry(13, "Q5_K"), Map.entry(14, "Q6_K"), Map.entry(16, "IQ2_XXS"), Map.entry(17, "IQ2_XS"), Map.entry(18, "IQ3_XXS"),
            Map.entry(19, "IQ1_S"), Map.entry(20, "IQ4_NL"), Map.entry(21, "IQ3_S"), Map.entry(22, "IQ2_S"), Map.entry(23, "IQ4_XS"),
            Map.entry(29, "IQ1_M"), Map.entry(30, "BF16"), Map.entry(34, "TQ1_0"), Map.entry(35, "TQ2_0"), Map.entry(39, "MXFP4"));

    /** As ggml calls it; types that are rare by their number. */
    public String name() {
        return NAMES.getOrDefault(id, "type " + id);
    }

    /** Null when the number is unknown. */
    public static GgufTensorType of(long id) {
        var block = id > Integer.MAX_VALUE ? null : BLOCKS.get((int) id);
        return block == null ? null : new GgufTensorType((int) id, block[0], block[1]);
    }

    private static Map.Entry<Integer, int[]> block(int id, int elements, int bytes) {
        return Map.entry(id, new int[] {elements, bytes});
    }
}
