package io.longrope.evaluator.decoder;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.Shape;
import ai.djl.util.cuda.CudaUtils;
import com.sun.management.OperatingSystemMXBean;
import io.longrope.evaluator.decoder.internal.Script;
import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.evaluator.engine.GpuLibraries;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Program;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Precision;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a decoder's tensors lie and its operations run.
 *
 * @param gpu    index of a CUDA device, from 0; empty for the CPU
 * @param forced the call of attention in 16 bits that it must take; empty = the usual one of such a device
 */
public record Device(OptionalInt gpu, Optional<AttentionCall> forced) {

    public static final Device CPU = new Device(OptionalInt.empty(), Optional.empty());

    public static final Device FIRST_GPU = new Device(OptionalInt.of(0), Optional.empty());

    private static final Pattern GPU = Pattern.compile("gpu(?::([0-9]{1,3}))?(?:/(.*))?");

    public Device {
        Require.present(gpu, "gpu");
        Require.present(forced, "attention");
        gpu.ifPresent(index -> Require.atLeast(0, index, "gpu"));
        Require.that(gpu.isPresent() || forced.isEmpty(), "attention", "must be left open on the CPU, which has one call", forced);
    }

    /**
     * @param name what the text is the value of, for the error
     * @param text {@code cpu}, {@code gpu} for the first GPU, {@code gpu:1}, or with a call of attention {@code gpu:1/flash}
     */
    public static Device parse(String name, String text) {
        if (text.equals("cpu")) {
            return CPU;
        }
        var matcher = GPU.matcher(text);
        Require.that(matcher.matches(), name, "must be cpu, gpu or gpu:N, a GPU perhaps with /ATTENTION, one of " + AttentionCall.keys(),
                text);
        return new Device(OptionalInt.of(matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1))),
                Optional.ofNullable(matcher.group(2)).map(key -> AttentionCall.parse(name + ", behind the /", key)));
    }

    /** Several that share a model, with commas between them: {@code gpu:0,gpu:1}. */
    public static List<Device> parseAll(String name, String text) {
        return Arrays.stream(text.split(",", -1)).map(one -> parse(name, one)).toList();
    }

    /** As {@link #parseAll} reads it. */
    public static String describe(List<Device> devices) {
        return devices.stream().map(Device::toString).collect(Collectors.joining(","));
    }

    /**
     * @param name what this device is the value of, for the error
     * @throws BadInput when nothing can be computed on it
     */
    public void requirePresent(String name) {
        if (gpu.isEmpty()) {
            return;
        }
        try {
            var gpus = CudaDriver.ask().gpus();
            Require.that(gpu.getAsInt() < gpus.size(), name, "must be one of the GPUs there are (" + gpus.size() + ")", this);
            GpuLibraries.use(System.getenv());
            try (var manager = Script.manager(this)) {
                manager.ones(new Shape(1)).toFloatArray();
            }
        } catch (BadInput | EngineException | LinkageError e) {
            var reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceFirst("(?<=[.]) .*", "");
            throw new BadInput(new Problem(name, "must be a device PyTorch can use", this + " (" + reason + ")",
                    Program.command(List.of("doctor", "--device", toString())) + " tells what is missing"), e);
        }
    }

    /** The call of attention a GPU is asked for: the one forced, or the usual one of its kind. Empty on the CPU. */
    public Optional<AttentionCall> attention(Precision precision) {
        if (gpu.isEmpty() || forced.isPresent()) {
            return forced;
        }
        try {
            return Optional.of(AttentionCall.usual(CudaDriver.ask().gpus().get(gpu.getAsInt()).capability(), precision));
        } catch (BadInput | IndexOutOfBoundsException e) {
            // where the driver does not tell, the one most GPUs have
            return Optional.of(AttentionCall.FLASH);
        }
    }

    /** All memory of the machine, or of the container this process runs in; of a GPU its own, empty where CUDA does not tell. */
    public OptionalLong memoryBytes() {
        if (gpu.isPresent()) {
            var told = memory(MemoryUsage::getMax);
            return told.isPresent() ? told : memoryByDriver();
        }
        return OptionalLong.of(ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize());
    }

    /** Memory of a GPU in use, by whatever process; empty for the CPU, and where CUDA does not tell. */
    public OptionalLong memoryUsed() {
        return memory(MemoryUsage::getCommitted);
    }

    /** Gives memory back that PyTorch keeps of a GPU's for later. */
    public void freeCaches() {
        if (gpu.isPresent()) {
            Script.freeCudaCache();
        }
    }

    /** From the driver, where CUDA's runtime is not found or does not tell. */
    private OptionalLong memoryByDriver() {
        try {
            return OptionalLong.of(CudaDriver.ask().gpus().get(gpu.getAsInt()).bytes());
        } catch (BadInput | IndexOutOfBoundsException e) {
            return OptionalLong.empty();
        }
    }

    private OptionalLong memory(ToLongFunction<MemoryUsage> figure) {
        if (gpu.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(figure.applyAsLong(CudaUtils.getGpuMemory(ai.djl.Device.gpu(gpu.getAsInt()))));
        } catch (IllegalStateException | IllegalArgumentException e) {
            return OptionalLong.empty();
        }
    }

    @Override
    public String toString() {
        return gpu.isEmpty() ? "cpu" : "gpu:" + gpu.getAsInt() + forced.map(call -> "/" + call.key()).orElse("");
    }
}
