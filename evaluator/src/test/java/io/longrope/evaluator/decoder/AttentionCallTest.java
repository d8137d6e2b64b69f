package io.longrope.evaluator.decoder;

import io.longrope.evaluator.engine.CudaDriver;
import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class AttentionCallTest {

    @ParameterizedTest
    @CsvSource({"9, 0, BF16, CUDNN", "9, 0, F16, CUDNN", "8, 0, BF16, FLASH", "8, 9, F16, FLASH", "10, 0, BF16, FLASH",
            "12, 0, BF16, FLASH", "7, 5, F16, EFFICIENT", "7, 5, BF16, PLAIN"})
    void whatAGpuCanDoDecidesItsUsualCall(int major, int minor, Precision precision, AttentionCall expected) {
        assertThat(AttentionCall.usual(new CudaDriver.Capability(major, minor), precision)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"CUDNN, BF16, 128, CUDNN", "CUDNN, BF16, 256, FLASH", "CUDNN, BF16, 264, EFFICIENT", "CUDNN, BF16, 20, PLAIN",
            "CUDNN, F32, 128, EFFICIENT", "CUDNN, F32, 20, EFFICIENT", "CUDNN, F32, 6, PLAIN", "FLASH, F16, 64, FLASH",
            "FLASH, BF16, 320, EFFICIENT", "EFFICIENT, BF16, 64, EFFICIENT", "PLAIN, BF16, 64, PLAIN", "PLAIN, F32, 64, PLAIN"})
    void widthsThatACallDoesNotTakeGoToOneThatDoes(AttentionCall asked, Precision precision, int width, AttentionCall expected) {
        assertThat(asked.taken(precision, width)).isEqualTo(expected);
    }

    @Test
    void aDeviceIsNamedWithTheCallThatItMustTake() {
        var device = Device.parse("--device", "gpu:1/efficient");
        assertThat(device.gpu()).hasValue(1);
        assertThat(device.attention(Precision.BF16)).contains(AttentionCall.EFFICIENT);
        assertThat(device).hasToString("gpu:1/efficient");
        assertThat(Device.parse("--device", device.toString())).isEqualTo(device);
        assertThat(Device.parse("--device", "gpu")).isEqualTo(Device.FIRST_GPU);
        assertThat(Device.CPU.attention(Precision.BF16)).isEmpty();
        assertThatThrownBy(() -> Device.parse("--device", "gpu/fast")).isInstanceOf(BadInput.class)
                .hasMessageContaining("--device, behind the / must be cudnn, flash, efficient, plain, but was fast");
        assertThatThrownBy(() -> Device.parse("--device", "cpu/flash")).isInstanceOf(BadInput.class)
                .hasMessageContaining("--device must be cpu, gpu or gpu:N, a GPU perhaps with /ATTENTION");
    }
}
