package io.longrope.evaluator.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What NVIDIA's driver tells of itself and its GPUs, without any library of CUDA's: those that pip installs are found by PyTorch only.
 *
 * @param cuda the newest CUDA it carries, such as 12.6
 * @param gpus by index
 */
public record CudaDriver(String cuda, List<Gpu> gpus) {

    private static final String LIBRARY = "libcuda.so.1";
    private static final String RULE = "must be there";
    private static final String WAY_OUT = "nvidia-smi must list the GPU: install the driver of NVIDIA (Debian: apt install nvidia-driver),"
            + " or give a container the GPU (docker run --gpus all)";
    private static final int LONGEST_NAME = 256;
    /** CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR. */
    private static final int MAJOR = 75;
    private static final int MINOR = 76;

    /**
     * A GPU.
     *
     * @param name       of the product
     * @param bytes      all of its memory
     * @param capability what its processors can do
     */
    public record Gpu(String name, long bytes, Capability capability) {
    }

    /** CUDA's compute capability: 8.0 is A100's, 9.0 that of H100 and H200. */
    public record Capability(int major, int minor) {

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /** Of the driver's own interface; each gives 0, or the number of an error. */
    interface Calls extends Library {

        int cuInit(int flags);

        int cuDriverGetVersion(IntByReference version);

        int cuDeviceGetCount(IntByReference count);

        int cuDeviceGet(IntByReference device, int index);

        int cuDeviceGetName(byte[] name, int size, int device);

        int cuDeviceTotalMem_v2(LongByReference bytes, int device);

        int cuDeviceGetAttribute(IntByReference value, int attribute, int device);
    }

    public CudaDriver {
        gpus = List.copyOf(gpus);
    }

    /** @throws BadInput when there is none, or it has no GPU */
    public static CudaDriver ask() {
        try {
            return ask(Native.load(LIBRARY, Calls.class));
        } catch (UnsatisfiedLinkError e) {
            throw new BadInput(new Problem("NVIDIA's driver", RULE, "missing (" + LIBRARY + " cannot be loaded)", WAY_OUT), e);
        }
    }

    static CudaDriver ask(Calls calls) {
        require("cuInit", calls.cuInit(0));
        var version = new IntByReference();
        require("cuDriverGetVersion", calls.cuDriverGetVersion(version));
        var count = new IntByReference();
        require("cuDeviceGetCount", calls.cuDeviceGetCount(count));
        var gpus = new ArrayList<Gpu>();
        for (int index = 0; index < count.getValue(); index++) {
            gpus.add(gpu(calls, index));
        }
        // 12060 is CUDA 12.6
        return new CudaDriver(version.getValue() / 1000 + "." + version.getValue() % 1000 / 10, gpus);
    }

    private static Gpu gpu(Calls calls, int index) {
        var device = new IntByReference();
        require("cuDeviceGet", calls.cuDeviceGet(device, index));
        var name = new byte[LONGEST_NAME];
        require("cuDeviceGetName", calls.cuDeviceGetName(name, name.length, device.getValue()));
        var bytes = new LongByReference();
        require("cuDeviceTotalMem", calls.cuDeviceTotalMem_v2(bytes, device.getValue()));
        return new Gpu(new String(name, StandardCharsets.UTF_8).replaceFirst("\0.*", ""), bytes.getValue(),
                new Capability(attribute(calls, MAJOR, device.getValue()), attribute(calls, MINOR, device.getValue())));
    }

    private static int attribute(Calls calls, int attribute, int device) {
        var value = new IntByReference();
        require("cuDeviceGetAttribute", calls.cuDeviceGetAttribute(value, attribute, device));
        return value.getValue();
    }

    private static void require(String call, int error) {
        if (error != 0) {
            throw new BadInput("NVIDIA's driver", RULE, call + " gives error " + error + (error == 100 ? ", no device" : ""), WAY_OUT);
        }
    }
}
