package io.longrope.progressive.doctor;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.EngineTrial;
import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.evaluator.engine.GpuLibraries;
import io.longrope.evaluator.session.Bytes;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The driver of a GPU, the libraries that it computes with, and whether these fit DJL's. */
public final class LibraryDoctor {

    /** DJL brings a library for each; which of them fits pip's PyTorch is tried. */
    private static final List<String> FLAVORS = List.of("cpu", GpuLibraries.CUDA_FLAVOR);

    private final Map<String, String> environment;
    private final Supplier<CudaDriver> driver;

    /**
     * @param environment variables
     * @param driver      throws {@link BadInput} where there is none
     */
    public LibraryDoctor(Map<String, String> environment, Supplier<CudaDriver> driver) {
        this.environment = environment;
        this.driver = driver;
    }

    /** @param gpu which need not be there */
    public List<Diagnosis> findings(Device gpu) {
        var findings = new ArrayList<Diagnosis>();
        findings.add(Diagnosis.of("driver", () -> driver(gpu)));
        // where the GPU cannot be asked, libraries can still be tried on the CPU
        var device = findings.get(0).isFailure() ? Device.CPU : gpu;
        findings.add(Diagnosis.of("PyTorch with CUDA", () -> {
            var libraries = GpuLibraries.find(environment);
            return Diagnosis.ok("PyTorch with CUDA", GpuLibraries.version() + " in " + libraries.directory() + ", named by "
                    + libraries.from());
        }));
        for (var flavor : FLAVORS) {
            var about = "DJL's library " + flavor;
            if (findings.get(1).isFailure()) {
                findings.add(Diagnosis.leftOut(about, "needs PyTorch with CUDA"));
            } else if (flavor.equals(GpuLibraries.CUDA_FLAVOR) && findings.get(0).isFailure()) {
                findings.add(Diagnosis.leftOut(about, "needs the driver to load"));
            } else {
                findings.add(Diagnosis.of(about, () -> fits(about, flavor, device)));
            }
        }
        return findings;
    }

    /** Whether nothing is missing without which the GPU cannot even be asked. */
    public static boolean mayCompute(List<Diagnosis> findings) {
        return findings.stream().limit(2).noneMatch(Diagnosis::isFailure);
    }

    private Diagnosis driver(Device device) {
        var found = driver.get();
        int index = device.gpu().orElseThrow();
        if (index >= found.gpus().size()) {
            throw new BadInput("--device", "must be one of the GPUs there are (" + found.gpus().size() + ")", device,
                    "CUDA_VISIBLE_DEVICES may hide some");
        }
        var gpu = found.gpus().get(index);
        return Diagnosis.ok("driver", "for CUDA up to " + found.cuda() + "; " + device + " is " + gpu.name() + " of "
                + Bytes.format(gpu.bytes()) + ", compute capability " + gpu.capability());
    }

    /** In a process of its own, as libraries that do not fit may end it. */
    private Diagnosis fits(String about, String flavor, Device device) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EngineTrial.class.getName(), device.toString()));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(Map.of(GpuLibraries.PATH, GpuLibraries.find(environment).directory().toString(),
                GpuLibraries.VERSION, GpuLibraries.version(), GpuLibraries.FLAVOR, flavor));
        var lines = lines(builder);
        var last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
        if (last.startsWith(EngineTrial.COMPUTES)) {
            return Diagnosis.ok(about, "loads, " + last + " on " + device);
        }
        // the innermost cause is the last that is told
        var cause = lines.stream().filter(line -> line.contains("Exception") || line.contains("Error")).reduce((first, second) -> second)
                .orElse(last);
        var other = FLAVORS.stream().filter(one -> !one.equals(flavor)).findFirst().orElseThrow();
        throw new BadInput(new Problem(about, "must load and compute on " + device, cause, "export " + GpuLibraries.FLAVOR + "=" + other
                + " takes the other one"));
    }

    private static List<String> lines(ProcessBuilder builder) {
        try {
            var process = builder.start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
