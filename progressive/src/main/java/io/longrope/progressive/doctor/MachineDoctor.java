package io.longrope.progressive.doctor;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.session.Bytes;
import io.longrope.search.problem.Plural;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/** Java, processor and memory. */
public final class MachineDoctor {

    private static final List<String> UNITS_FOR_16_BITS = List.of("amx_bf16", "avx512_bf16", "avx_ne_convert", "bf16");

    private final Path root;

    /** @param root of the file system; tests have their own */
    public MachineDoctor(Path root) {
        this.root = root;
    }

    public List<Diagnosis> findings() {
        return List.of(
                Diagnosis.ok("Java", System.getProperty("java.version") + " of " + System.getProperty("java.vendor")),
                Diagnosis.ok("processor", Plural.of(Runtime.getRuntime().availableProcessors(), "core") + ", 16 bits by "
                + unitsFor16Bits()),
                Diagnosis.ok("memory", Bytes.format(Device.CPU.memoryBytes().orElse(0)) + ", of which Java's heap takes at most "
                        + Bytes.format(Runtime.getRuntime().maxMemory())));
    }

    private String unitsFor16Bits() {
        try (var lines = Files.lines(root.resolve("proc/cpuinfo"))) {
            // x86 calls them flags, ARM features
            var flags = lines.filter(line -> line.startsWith("flags") || line.startsWith("Features")).findFirst().orElse("");
            var units = new TreeSet<>(Arrays.asList(flags.split("\\s+")));
            units.retainAll(UNITS_FOR_16_BITS);
            return units.isEmpty() ? "converting to 32, for want of units of their own" : String.join(", ", units);
        } catch (IOException e) {
            return "what is not told (" + e + ")";
        }
    }
}
