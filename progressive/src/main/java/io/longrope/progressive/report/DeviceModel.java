package io.longrope.progressive.report;

import io.longrope.search.work.Precision;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Suggestion;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a device holds and computes, for estimates: memory, and dense matrix products as its maker states them. */
public enum DeviceModel {
    H100(80, 989, 67, 32), H200(141, 989, 67, 32), A100(80, 312, 19.5, 25), L40S(48, 362, 91.6, 25), RTX4090(24, 165, 82.6, 25),
    /** A server's processor with as many cores as this machine: some 80·10⁹ operations a second each are reached (AMD EPYC). */
    CPU(256, 0.2 * Runtime.getRuntime().availableProcessors(), 0.2 * Runtime.getRuntime().availableProcessors(), 2);

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
    private final double gigabytesRead;

    /**
     * @param half          10¹² operations a second in 16 bits
     * @param single        the same in 32
     * @param gigabytesRead weights a second that reach it from files in the page cache, assumed: a GPU's from four threads of 8 GB/s
     *                      each, but no more than a link of PCIe 4 with 16 lanes carries where it has such a one
     */
    DeviceModel(int gigabytes, double half, double single, double gigabytesRead) {
        this.gigabytes = gigabytes;
        this.half = half;
        this.single = single;
        this.gigabytesRead = gigabytesRead;
    }

    /** The one that a worker's product is, by its name. */
    public static Optional<DeviceModel> ofProduct(String device, String product) {
        if (device.startsWith("cpu")) {
            return Optional.of(CPU);
        }
        var words = (device + " " + product).toUpperCase(Locale.ROOT).replace(" ", "");
        return Arrays.stream(values()).filter(known -> known != CPU && words.contains(known.name())).findFirst();
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

    /** Bytes of weights a second that reach it from files in the page cache, assumed. */
    public double readSpeed() {
        return gigabytesRead * GIGABYTE;
    }

    /** Hours for that many floating-point operations, an estimate. */
    public double hours(double operations, Precision precision) {
        return operations / (SHARE * TERA * (precision == Precision.F32 ? single : half)) / SECONDS_PER_HOUR;
    }
}
