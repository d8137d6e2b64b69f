package io.longrope.progressive.report;

import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a device holds and computes, for estimates: memory, and dense matrix products as its maker states them. */
public enum DeviceModel {
    H100(80, 989, 67), H200(141, 989, 67), A100(80, 312, 19.5), L40S(48, 362, 91.6), RTX4090(24, 165, 82.6),
    /** A server's processor with as many cores as this machine: some 80·10⁹ operations a second each are reached (AMD EPYC). */
    CPU(256, 0.2 * Runtime.getRuntime().availableProcessors(), 0.2 * Runtime.getRuntime().availableProcessors());

    /**
     * Of the stated speed that long sequences reach. It turns LongRoPE's evaluation at 2048k on 8 A100 (three samples of
     * Llama-2-7B) into 59 minutes; the paper states 50 (arXiv 2402.13753, A.3).
     */
    private static final double SHARE = 0.4;

    private static final long GIGABYTE = 1_000_000_000;
    private static final double TERA = 1e12;
    private static final double SECONDS_PER_HOUR = 3600;

    private final int gigabytes;
    private final double half;
    private final double single;

    /**
     * @param half   10¹² operations a second in 16 bits
     * @param single the same in 32
     */
    DeviceModel(int gigabytes, double half, double single) {
        this.gigabytes = gigabytes;
        this.half = half;
        this.single = single;
    }

    public static DeviceModel named(String name) {
        return Arrays.stream(values()).filter(device -> device.id().equals(name.toLowerCase(Locale.ROOT))).findFirst()
                .orElseThrow(() -> new BadInput("device", "must be known", name, Suggestion.forName(name, names())));
    }

    public static List<String> names() {
        return Arrays.stream(values()).map(DeviceModel::id).toList();
    }

    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where tensors lie on it. */
    public io.longrope.evaluator.decoder.Device place() {
        return this == CPU ? io.longrope.evaluator.decoder.Device.CPU : io.longrope.evaluator.decoder.Device.FIRST_GPU;
    }

    /** Bytes. */
    public long memory() {
        return gigabytes * GIGABYTE;
    }

    /** Hours for that many floating-point operations, an estimate. */
    public double hours(double operations, Precision precision) {
        return operations / (SHARE * TERA * (precision == Precision.F32 ? single : half)) / SECONDS_PER_HOUR;
    }
}
