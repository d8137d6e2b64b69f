package io.longrope.evaluator.decoder;

import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Which call computes attention on a GPU in 16 bits. In 32 bits there is one fused call only, the memory-efficient one, and on a CPU its
 * own. Results differ between calls by rounding, as they do between GPUs.
 */
public enum AttentionCall {

    /** The fastest on Hopper; prepares each shape for hundreds of milliseconds. */
    CUDNN("cuDNN's fused call"),
    /** From Ampere on. */
    FLASH("FlashAttention"),
    EFFICIENT("memory-efficient attention"),
    /** Block by block in 32 bits, for any device and any width of heads. */
    PLAIN("plain products");

    private static final int HOPPER = 9;
    private static final int AMPERE = 8;
    private static final int WIDEST_OF_CUDNN = 128;
    private static final int WIDEST_OF_FLASH = 256;

    private final String label;

    AttentionCall(String label) {
        this.label = label;
    }

    /** As options and the script's dictionaries name it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** As messages say it. */
    public String label() {
        return label;
    }

    /**
     * @param name what the text is the value of, for the error
     * @param text a key
     */
    public static AttentionCall parse(String name, String text) {
        var found = Arrays.stream(values()).filter(call -> call.key().equals(text)).findFirst();
        Require.that(found.isPresent(), name, "must be " + keys(), text);
        return found.orElseThrow();
    }

    /** All of them, for help and errors. */
    static String keys() {
        return Arrays.stream(values()).map(AttentionCall::key).collect(Collectors.joining(", "));
    }

    /** That of a GPU where none is asked for; GPUs before Ampere have no fused call in bf16. */
    static AttentionCall usual(CudaDriver.Capability capability, Precision precision) {
        if (capability.major() == HOPPER) {
            return CUDNN;
        }
        if (capability.major() >= AMPERE) {
            return FLASH;
        }
        return precision == Precision.BF16 ? PLAIN : EFFICIENT;
    }

    /** In training, whose backward pass is counted and traced for the others: cuDNN's place is FlashAttention's. */
    public AttentionCall forTraining() {
        return this == CUDNN ? FLASH : this;
    }

    /**
     * What runs where this is asked for, as fused_on_gpu of decoder.py.txt chooses it for several queries and no mask.
     *
     * @param headWidth entries of a head, at least 1
     */
    public AttentionCall taken(Precision precision, int headWidth) {
        Require.atLeast(1, headWidth, "head width");
        boolean in32Bits = precision == Precision.F32;
        if (this == PLAIN || headWidth % (in32Bits ? 4 : 8) != 0) {
            return PLAIN;
        }
        if (in32Bits || this == EFFICIENT || headWidth > WIDEST_OF_FLASH) {
            return EFFICIENT;
        }
        return this == CUDNN && headWidth <= WIDEST_OF_CUDNN ? CUDNN : FLASH;
    }
}
