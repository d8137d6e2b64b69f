package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.StoredTensor;
import io.longrope.evaluator.decoder.Device;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Memory of the host through which a tensor comes from its file to a device, part by part. One thread at a time. */
sealed interface Staging extends AutoCloseable {

    /**
     * @param whole where the tensor is to lie: on the device
     * @param put   is given the elements of each part, [n], on the device; bf16 with its bits declared f16, for the JNI knows no bf16
     */
    void read(StoredTensor stored, PtNDArray whole, Consumer<PtNDArray> put);

    @Override
    void close();

    /** The fitting one for a device. */
    static Staging of(boolean gpu) {
        return gpu ? new PageLocked(PageLocked.PART_BYTES, true) : new Direct(ByteBuffer.allocateDirect(Direct.PART_BYTES));
    }

    /** For a CPU, which takes a part from where it was read to. */
    record Direct(ByteBuffer buffer) implements Staging {

        /**
         * Parts come and go between weights that stay: the holes that they leave are too small for a weight, so they must be small beside
         * all of them.
         */
        private static final int PART_BYTES = 1 << 20;

        @Override
        public void read(StoredTensor stored, PtNDArray whole, Consumer<PtNDArray> put) {
            var carrier = stored.type() == DataType.F32 ? ai.djl.ndarray.types.DataType.FLOAT32 : ai.djl.ndarray.types.DataType.FLOAT16;
            try (var scope = (PtNDManager) whole.getManager().newSubManager()) {
                stored.read(buffer, part -> {
                    try (var bits = DeviceMemory.of(scope, part, new Shape(part.remaining() / stored.type().bytes()), carrier)) {
                        put.accept(bits);
                    }
                });
            }
        }

        @Override
        public void close() {
        }
    }

    /**
     * For a GPU: two pieces of page-locked memory in turn, of which the device copies one by itself while the next part is read into the
     * other. Only such memory is copied without the host.
     */
    final class PageLocked implements Staging {

        /** As long as a copy takes, the few calls around it take no time. */
        static final int PART_BYTES = 8 << 20;

        private final Script script = Script.instance();
        private final PtNDManager host = Script.manager(Device.CPU);
        private final PtNDArray[] pieces = new PtNDArray[2];
        private final ByteBuffer[] buffers = new ByteBuffer[2];
        private int turn;

        /** @param locked false for tests on a CPU, which has no such memory */
        PageLocked(int partBytes, boolean locked) {
            try {
                for (int i = 0; i < pieces.length; i++) {
                    pieces[i] = script.tensor(host, "staging", partBytes / Short.BYTES, locked);
                    buffers[i] = pieces[i].toByteBuffer(true);
                }
            } catch (RuntimeException | Error e) {
                host.close();
                throw e;
            }
        }

        @Override
        public void read(StoredTensor stored, PtNDArray whole, Consumer<PtNDArray> put) {
            try (var scope = (PtNDManager) whole.getManager().newSubManager()) {
                stored.read(() -> buffers[turn], part -> {
                    // the other piece must have been copied before the next part is read into it
                    Script.await(whole);
                    try (var bits = script.tensor(scope, "upload", pieces[turn], part.remaining() / Short.BYTES, whole,
                            stored.type() == DataType.F32)) {
                        put.accept(bits);
                    }
                    turn = 1 - turn;
                });
                Script.await(whole);
            }
        }

        @Override
        public void close() {
            host.close();
        }
    }
}
