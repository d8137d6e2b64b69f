package io.longrope.search.file;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WholeFileTest {

    @TempDir
    private Path directory;

    @Test
    void aFileIsReplacedAndNothingElseIsLeft() throws IOException {
        var file = Files.writeString(directory.resolve("a"), "old");
        WholeFile.write(file, "new");
        assertThat(file).hasContent("new");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aDiskThatIsFullIsToldWithTheFileThatStaysAsItWas() throws IOException {
        var file = Files.writeString(directory.resolve("a"), "old");
        assertThatThrownBy(() -> WholeFile.write(file, part -> {
            Files.writeString(part, "half");
            throw new IOException("No space left on device");
        })).isInstanceOf(FileSystemException.class).hasMessage(file + ": No space left on device");
        assertThat(file).hasContent("old");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void aDirectoryIsRefusedBeforeAnythingIsComputedForIt() {
        assertThatThrownBy(() -> WholeFile.write(directory, part -> {
            throw new AssertionError("asked for its content");
        })).isInstanceOf(FileSystemException.class).hasMessage(directory + ": must be a file to write, but is a directory");
    }

    @Test
    void anInterruptionStaysOne() {
        assertThatThrownBy(() -> WholeFile.write(directory.resolve("a"), part -> {
            throw new ClosedByInterruptException();
        })).isInstanceOf(ClosedByInterruptException.class);
        assertThat(directory.resolve("a")).doesNotExist();
    }

    /** The device is full whatever it is written to; the null device takes all, and both stay devices. */
    @Test
    void aDeviceIsWrittenToAndNotReplaced() throws IOException {
        var device = Path.of("/dev/null");
        WholeFile.write(device, "text");
        assertThat(Files.isRegularFile(device)).isFalse();
        var full = Path.of("/dev/full");
        assertThatThrownBy(() -> WholeFile.write(full, "text")).isInstanceOf(FileSystemException.class)
                .hasMessage("/dev/full: No space left on device");
        assertThat(Files.isRegularFile(full)).isFalse();
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
