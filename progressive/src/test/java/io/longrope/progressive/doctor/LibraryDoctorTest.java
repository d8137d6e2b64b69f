package io.longrope.progressive.doctor;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

class LibraryDoctorTest {

    private static final Supplier<CudaDriver> NONE = () -> {
        throw new BadInput("NVIDIA's driver", "must be there", "missing", "install it");
    };

    @TempDir
    private Path directory;

    @Test
    void withoutDriverAndLibrariesBothAreNamedAndNothingIsTried() {
        var findings = new LibraryDoctor(Map.of("PATH", directory.toString()), NONE).findings(Device.FIRST_GPU);

        assertThat(findings).extracting(Diagnosis::about, Diagnosis::state).containsExactly(
                tuple("driver", Diagnosis.State.FAILED),
                tuple("PyTorch with CUDA", Diagnosis.State.FAILED),
                tuple("DJL's library cpu", Diagnosis.State.LEFT_OUT),
                tuple("DJL's library cu128", Diagnosis.State.LEFT_OUT));
        assertThat(findings.get(0).found()).endsWith("install it");
        assertThat(findings.get(1).found()).contains("pip install torch==2.7.1");
    }

    @Test
    void aGpuIsToldByNameAndOneTooManyIsRefused() {
        var driver = new CudaDriver("12.6", List.of(new CudaDriver.Gpu("NVIDIA H100", 80L << 30, new CudaDriver.Capability(9, 0))));
        var doctor = new LibraryDoctor(Map.of("PATH", directory.toString()), () -> driver);

        assertThat(doctor.findings(Device.FIRST_GPU).get(0))
                .isEqualTo(Diagnosis.ok("driver", "for CUDA up to 12.6; gpu:0 is NVIDIA H100 of 80.0 GiB, compute capability 9.0"));
        assertThat(doctor.findings(Device.parse("device", "gpu:1")).get(0).found())
                .isEqualTo("--device must be one of the GPUs there are (1), but was gpu:1; CUDA_VISIBLE_DEVICES may hide some");
    }

    /** Files that are no libraries: loading them fails, in a process of its own, and is told for each. */
    @Test
    void librariesThatDoNotFitAreToldByWhatLoadingThemSays() throws IOException {
        for (var name : List.of("libtorch.so", "libtorch_cpu.so", "libtorch_cuda.so", "libc10_cuda.so")) {
            Files.writeString(directory.resolve(name), "no library");
        }
        var environment = Map.of("PYTORCH_LIBRARY_PATH", directory.toString());
        var findings = new LibraryDoctor(environment, NONE).findings(Device.FIRST_GPU);

        assertThat(findings.get(1).state()).isEqualTo(Diagnosis.State.OK);
        assertThat(LibraryDoctor.mayCompute(findings)).as("without a driver").isFalse();
        assertThat(findings.get(2).state()).isEqualTo(Diagnosis.State.FAILED);
        assertThat(findings.get(2).found()).startsWith("DJL's library cpu must load and compute on cpu, but was ")
                .contains("UnsatisfiedLinkError").endsWith("export PYTORCH_FLAVOR=cu128 takes the other one");
        assertThat(findings.get(3)).isEqualTo(Diagnosis.leftOut("DJL's library cu128", "needs the driver to load"));

        var driver = new CudaDriver("12.6", List.of(new CudaDriver.Gpu("NVIDIA H100", 80L << 30, new CudaDriver.Capability(9, 0))));
        var withDriver = new LibraryDoctor(environment, () -> driver).findings(Device.FIRST_GPU);
        assertThat(LibraryDoctor.mayCompute(withDriver)).isTrue();
        assertThat(withDriver.get(3).found()).startsWith("DJL's library cu128 must load and compute on gpu:0")
                .endsWith("PYTORCH_FLAVOR=cpu takes the other one");
    }
}
