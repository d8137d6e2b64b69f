package io.longrope.evaluator.engine;

import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CudaDriverTest {

    /** A machine with two GPUs, as the driver's interface describes it. */
    private static class TwoGpus implements CudaDriver.Calls {

        @Override
        public int cuInit(int flags) {
            return flags;
        }

        @Override
        public int cuDriverGetVersion(IntByReference version) {
            version.setValue(12060);
            return 0;
        }

        @Override
        public int cuDeviceGetCount(IntByReference count) {
            count.setValue(2);
            return 0;
        }

        @Override
        public int cuDeviceGet(IntByReference device, int index) {
            device.setValue(10 + index);
            return 0;
        }

        @Override
        public int cuDeviceGetName(byte[] name, int size, int device) {
            var text = ("NVIDIA " + device + "\0left over").getBytes(StandardCharsets.UTF_8);
            System.arraycopy(text, 0, name, 0, text.length);
            return 0;
        }

        @Override
        public int cuDeviceTotalMem_v2(LongByReference bytes, int device) {
            bytes.setValue(device * (1L << 33));
            return 0;
        }

        @Override
        public int cuDeviceGetAttribute(IntByReference value, int attribute, int device) {
            value.setValue(attribute == 75 ? device - 2 : attribute == 76 ? 6 : -1);
            return 0;
        }
    }

    @Test
    void gpusAreToldByNameMemoryAndCapability() {
        assertThat(CudaDriver.ask(new TwoGpus())).satisfies(driver -> {
            assertThat(driver.cuda()).isEqualTo("12.6");
            assertThat(driver.gpus()).containsExactly(new CudaDriver.Gpu("NVIDIA 10", 80L << 30, new CudaDriver.Capability(8, 6)),
                    new CudaDriver.Gpu("NVIDIA 11", 88L << 30, new CudaDriver.Capability(9, 6)));
        });
    }

    @Test
    void aDriverThatRefusesIsToldByItsCallAndNumber() {
        var withoutDevice = new TwoGpus() {
            @Override
            public int cuInit(int flags) {
                return 100;
            }
        };
        assertThatThrownBy(() -> CudaDriver.ask(withoutDevice)).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("NVIDIA's driver must be there, but was cuInit gives error 100, no device; nvidia-smi must list");
    }
}
