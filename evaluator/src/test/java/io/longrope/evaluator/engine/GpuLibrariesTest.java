package io.longrope.evaluator.engine;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Against Pythons that are scripts, and packages whose libraries are empty files. */
class GpuLibrariesTest {

    @TempDir
    private Path directory;

    @Test
    void djlIsBuiltForThePyTorchThatPipIsAskedFor() {
        assertThat(GpuLibraries.version()).isEqualTo("2.7.1");
        assertThat(GpuLibraries.command()).contains("pip install torch==2.7.1");
    }

    @Test
    void thePythonOnPathIsAskedWhereItsPyTorchIs() throws IOException {
        var torch = torch("site-packages", "2.7.1+cu126", "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so");
        var bin = python("bin", "python3", torch);

        var found = GpuLibraries.find(Map.of("PATH", directory.resolve("nowhere") + ":" + bin));

        assertThat(found.directory()).isEqualTo(torch.resolve("lib"));
        assertThat(found.from()).isEqualTo(bin.resolve("python3") + ", 2.7.1+cu126");
    }

    @Test
    void aPythonWithoutPyTorchIsPassedOver() throws IOException {
        var torch = torch("site-packages", "2.7.1+cu126", "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so");
        var bare = script("bare", "python3", "echo");
        var broken = script("broken", "python3", "exit 1");
        var bin = python("bin", "python", torch);

        assertThat(GpuLibraries.find(Map.of("PATH", bare + ":" + broken + ":" + bin)).directory()).isEqualTo(torch.resolve("lib"));
    }

    @Test
    void whatIsMissingIsToldWithTheNextCommand() throws IOException {
        var bare = script("bare", "python3", "echo");
        assertThatThrownBy(() -> GpuLibraries.find(Map.of("PATH", directory.toString()))).isInstanceOf(BadInput.class)
                .hasMessageContaining("missing, there is no Python").hasMessageEndingWith(GpuLibraries.command());
        assertThatThrownBy(() -> GpuLibraries.find(Map.of("PATH", bare.toString()))).isInstanceOf(BadInput.class)
                .hasMessageContaining("missing from " + bare.resolve("python3")).hasMessageEndingWith(GpuLibraries.command());

        var newer = python("newer", "python3", torch("other", "2.9.0+cu128", "libtorch_cuda.so"));
        assertThatThrownBy(() -> GpuLibraries.find(Map.of("PATH", newer.toString()))).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be of version 2.7.1").hasMessageContaining("2.9.0+cu128 of " + newer)
                .hasMessageEndingWith(GpuLibraries.command());

        var cpu = python("cpu", "python3", torch("for-cpus", "2.7.1+cpu", "libtorch.so", "libtorch_cpu.so"));
        assertThatThrownBy(() -> GpuLibraries.find(Map.of("PATH", cpu.toString()))).isInstanceOf(BadInput.class)
                .hasMessageContaining("2.7.1+cpu) without libtorch_cuda.so, libc10_cuda.so");
    }

    @Test
    void aDirectoryThatIsNamedIsTakenOrToldOff() throws IOException {
        var lib = torch("named", "2.7.1", "libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so").resolve("lib");
        var environment = new HashMap<>(Map.of("PYTORCH_LIBRARY_PATH", lib.toString()));
        assertThat(GpuLibraries.find(environment)).isEqualTo(new GpuLibraries(lib, "PYTORCH_LIBRARY_PATH"));

        environment.put("PYTORCH_VERSION", "2.5.1");
        assertThatThrownBy(() -> GpuLibraries.find(environment)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("PYTORCH_VERSION must be 2.7.1, which DJL's library is built for, but was 2.5.1");

        Files.delete(lib.resolve("libtorch_cuda.so"));
        assertThatThrownBy(() -> GpuLibraries.find(Map.of("PYTORCH_LIBRARY_PATH", lib.toString()))).isInstanceOf(BadInput.class)
                .hasMessageContaining("without libtorch_cuda.so; unset PYTORCH_LIBRARY_PATH");
    }

    private Path torch(String place, String version, String... libraries) throws IOException {
        var torch = directory.resolve(place).resolve("torch");
        Files.createDirectories(torch.resolve("lib"));
        Files.writeString(torch.resolve("version.py"), "from typing import Optional\n__version__ = '" + version + "'\ndebug = False\n");
        for (var library : List.of(libraries)) {
            Files.createFile(torch.resolve("lib").resolve(library));
        }
        return torch;
    }

    private Path python(String place, String name, Path torch) throws IOException {
        return script(place, name, "echo " + torch);
    }

    private Path script(String place, String name, String body) throws IOException {
        var bin = Files.createDirectories(directory.resolve(place));
        var script = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + body + "\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return bin;
    }
}
