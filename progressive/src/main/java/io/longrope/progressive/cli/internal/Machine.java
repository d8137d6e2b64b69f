package io.longrope.progressive.cli.internal;

import com.sun.management.OperatingSystemMXBean;
import io.longrope.progressive.local.Workers;
import io.longrope.progressive.report.Environment;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.TreeSet;

/** What this machine, or the container this process runs in, has. */
public final class Machine {

    /** proc(5): resets the peak resident set size. */
    private static final String RESET_PEAK = "5";

    private Machine() {
    }

    /** A name no other process has, as far as the machines of a cluster have names of their own. */
    public static String processName(String role) {
        return role + "-" + hostName() + "-" + ProcessHandle.current().pid();
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "localhost";
        }
    }

    /** The processor, with the resident memory of this process. */
    public static Workers.Place cpu(String name) {
        return new Workers.Place(name, Environment.processorOfThisMachine(),
                () -> new Workers.Memory(status("VmRSS:").orElse(0), memoryBytes()));
    }

    /** What its GPUs are called; empty where that is not told, or they differ. */
    public static String gpuProduct() {
        try (var gpus = Files.list(Path.of("/proc/driver/nvidia/gpus"))) {
            var products = new TreeSet<String>();
            for (var gpu : gpus.toList()) {
                try (var lines = Files.lines(gpu.resolve("information"))) {
                    lines.filter(line -> line.startsWith("Model:")).map(line -> line.substring("Model:".length()).strip())
                            .forEach(products::add);
                }
            }
            return products.size() == 1 ? products.first() : "";
        } catch (IOException e) {
            return "";
        }
    }

    public static long memoryBytes() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    }

    public static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /**
     * Begins the peak of {@link #peakMemoryBytes} anew.
     *
     * @return false where the system cannot
     */
    public static boolean resetPeakMemory() {
        try {
            Files.writeString(Path.of("/proc/self/clear_refs"), RESET_PEAK);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The most resident memory of this process so far; empty where the system does not tell. */
    public static OptionalLong peakMemoryBytes() {
        return status("VmHWM:");
    }

    /** A figure of proc(5), in bytes. */
    private static OptionalLong status(String field) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(field)).mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
