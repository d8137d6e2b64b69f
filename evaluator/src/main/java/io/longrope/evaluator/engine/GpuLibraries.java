package io.longrope.evaluator.engine;

import com.sun.jna.NativeLibrary;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Collectors;

/**
 * The PyTorch that a GPU computes with. Maven Central has none with CUDA, so it is pip's: that of {@code PYTORCH_LIBRARY_PATH}, or that of
 * the Python on PATH.
 *
 * @param directory its libraries
 * @param from      who named it
 */
public record GpuLibraries(Path directory, String from) {

    /** What DJL reads, from the environment or else from the properties of Java. */
    public static final String PATH = "PYTORCH_LIBRARY_PATH";
    public static final String VERSION = "PYTORCH_VERSION";
    public static final String FLAVOR = "PYTORCH_FLAVOR";
    /** DJL's own library for a PyTorch with CUDA. That for CPUs computes on GPUs too, but cannot give memory back. */
    public static final String CUDA_FLAVOR = "cu128";

    private static final String NAME = "PyTorch with CUDA";
    /** Without the first DJL would pass it over in silence and take its own. */
    private static final List<String> NEEDED = List.of("libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so");

    /** Which PyTorch DJL's own libraries are built for, such as 2.7.1. */
    public static String version() {
        var properties = new Properties();
        try (var stream = GpuLibraries.class.getResourceAsStream("/jnilib/pytorch.properties")) {
            properties.load(Objects.requireNonNull(stream, "pytorch-jni must be on the class path"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // 2.7.1-0.36.0: PyTorch's, then DJL's
        return properties.getProperty("jni_version").replaceFirst("-.*", "");
    }

    /** What installs it and has it found, in a shell. */
    public static String command() {
        return "python3 -m venv ~/longrope-torch && ~/longrope-torch/bin/pip install torch==" + version()
                + " && export PATH=~/longrope-torch/bin:$PATH";
    }

    /**
     * Looks for it.
     *
     * @param environment variables
     * @throws BadInput when it is missing, or another version, or without CUDA; with the command that installs it
     */
    public static GpuLibraries find(Map<String, String> environment) {
        var named = environment.get(PATH);
        if (named != null && !named.isEmpty()) {
            var version = environment.getOrDefault(VERSION, version());
            if (!version.equals(version())) {
                throw new BadInput(VERSION, "must be " + version() + ", which DJL's library is built for", version, "unset " + VERSION);
            }
            return checked(new GpuLibraries(Path.of(named), PATH), "unset " + PATH + "; " + command());
        }
        var path = environment.getOrDefault("PATH", "");
        var torch = PythonTorch.on(path).orElseThrow(() -> new BadInput(NAME, "must be installed where the Python on PATH finds it",
                PythonTorch.pythons(path).findFirst().map(python -> "missing from " + python).orElse("missing, there is no Python"),
                command()));
        if (!torch.version().replaceFirst("[+].*", "").equals(version())) {
            throw new BadInput(NAME, "must be of version " + version() + ", which DJL's library is built for",
                    torch.version() + " of " + torch.python(), command());
        }
        return checked(new GpuLibraries(torch.libraries(), torch.python() + ", " + torch.version()), command());
    }

    private static GpuLibraries checked(GpuLibraries libraries, String wayOut) {
        var missing = NEEDED.stream().filter(name -> !Files.isRegularFile(libraries.directory.resolve(name)))
                .collect(Collectors.joining(", "));
        if (!missing.isEmpty()) {
            throw new BadInput(new Problem(NAME, "must have its libraries", libraries.directory + " (" + libraries.from + ") without "
                    + missing, wayOut));
        }
        return libraries;
    }

    /**
     * Has DJL use it. Without effect once an engine has been loaded.
     *
     * @param environment variables, which win over what is set here
     * @throws BadInput as {@link #find}
     */
    public static void use(Map<String, String> environment) {
        var found = find(environment);
        System.setProperty(PATH, found.directory.toString());
        System.setProperty(VERSION, version());
        System.setProperty(FLAVOR, environment.getOrDefault(FLAVOR, CUDA_FLAVOR));
        // DJL asks CUDA's runtime for the memory of a GPU, and would not find pip's
        NativeLibrary.addSearchPath("cudart", found.runtime().toString());
    }

    /** Where pip puts CUDA's runtime: in a package beside torch. */
    private Path runtime() {
        return directory.resolve("../../nvidia/cuda_runtime/lib").normalize();
    }
}
