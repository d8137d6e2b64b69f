package io.longrope.evaluator.decoder.internal;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import io.longrope.evaluator.checkpoint.DataType;
import io.longrope.evaluator.checkpoint.Safetensors;
import io.longrope.evaluator.checkpoint.SafetensorsWriter;
import io.longrope.search.work.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class WeightsTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"F32, 1000, 1", "F32, 24, 0", "F32, 4, 1", "BF16, 12, 0", "BF16, 12, 1", "F16, 6, 0", "F16, 6, 1"})
    void bigTensorsAreLoadedInParts(DataType type, int partBytes, int offset) throws IOException {
        var values = new float[] {1, -2, 3.5f, 4, 5, -6, 7, 8, 9, 10, 11, 12, 13, 14, 0.25f};
        var file = directory.resolve("model.safetensors");
        SafetensorsWriter.write(file, type, List.of(new SafetensorsWriter.Source("before", new long[] {1}, () -> new float[1]),
                new SafetensorsWriter.Source("w", new long[] {5, 3}, () -> values)));

        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var expected = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                expected[i] = values[i] + offset;
            }
            // the second as a GPU takes them, through two pieces of memory in turn
            for (var staging : List.of(new Staging.Direct(ByteBuffer.allocateDirect(partBytes)),
                    new Staging.PageLocked(partBytes, false))) {
                try (var reader = new WeightReader(staging)) {
                    var tensor = reader.read(Safetensors.ofFile(file).tensor("w"), manager, Precision.F32, offset);

                    assertThat(tensor.getShape().getShape()).containsExactly(5, 3);
                    assertThat(tensor.toFloatArray()).as(staging.getClass().getSimpleName()).containsExactly(expected);
                }
            }
        }
    }

    /** Where PyTorch has no streams, as on a CPU, copies are made all the same. */
    @Test
    void aThreadGoesOnWithoutAStreamOfItsOwn() {
        try (var manager = (PtNDManager) Script.engine().newBaseManager()) {
            var tensor = (PtNDArray) manager.ones(new Shape(1));
            CopyStream.use(tensor);
            CopyStream.use(tensor);
            assertThat(tensor.toFloatArray()).containsExactly(1);
        }
    }
}
