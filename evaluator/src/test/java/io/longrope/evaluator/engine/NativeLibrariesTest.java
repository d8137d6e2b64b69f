package io.longrope.evaluator.engine;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class NativeLibrariesTest {

    private static final Supplier<String> FAILING = () -> {
        throw new IllegalStateException("Failed to extract PyTorch native library");
    };

    @TempDir
    private Path directory;

    @Test
    void aDirectoryThatCannotBeWrittenIsNamedWithWhatChoosesAnother() throws IOException {
        var below = Files.createFile(directory.resolve("file")).resolve("cache");

        assertThatThrownBy(() -> NativeLibraries.load(below, FAILING)).isInstanceOf(BadInput.class)
                .hasMessageContaining("directory for native libraries " + below + " must be writable")
                .hasMessageContaining("DJL_CACHE_DIR names another")
                .hasCauseInstanceOf(IllegalStateException.class);
        assertThat(NativeLibraries.load(below, () -> "loaded")).as("libraries that are there already need no writing").isEqualTo("loaded");
    }

    @Test
    void anotherFailureStaysWhatItIs() {
        assertThatThrownBy(() -> NativeLibraries.load(directory, FAILING)).isInstanceOf(IllegalStateException.class);
    }
}
