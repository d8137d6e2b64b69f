package io.longrope.evaluator.checkpoint.internal;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;

class RemarksTest {

    @TempDir
    private Path root;

    @Test
    void aDirectoryHasManyNamesAndIsSpokenOfOnce() throws IOException {
        var directory = Files.createDirectories(root.resolve("model")).toString();
        var relative = Path.of("").toAbsolutePath().relativize(Path.of(directory).toAbsolutePath()).toString();
        var link = Files.createSymbolicLink(root.resolve("link"), Path.of(directory)).toString();
        assertThat(Remarks.isNew(directory, directory + ": a is doubled")).isTrue();
        assertThat(Remarks.isNew(relative, relative + ": a is doubled")).isFalse();
        assertThat(Remarks.isNew(link, link + ": a is doubled")).isFalse();
        assertThat(Remarks.isNew(link, "b is missing")).isTrue();
        assertThat(Remarks.isNew(root.resolve("none").toString(), "a is doubled")).isTrue();
    }
}
