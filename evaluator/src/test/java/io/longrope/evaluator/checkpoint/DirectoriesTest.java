package io.longrope.evaluator.checkpoint;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DirectoriesTest {

    @TempDir
    private Path directory;

    @Test
    void aReplacementThatEndedBetweenItsTwoRenamesLosesNothing() throws IOException {
        // as a killed process leaves them: the old directory moved away, the new one not yet in its place
        var target = directory.resolve("state");
        write(directory.resolve("state.old"), "old");
        write(directory.resolve("state.part"), "new");

        Directories.settle(target);

        assertThat(target.resolve("file")).hasContent("old");
    }

    @Test
    void aReplacementThatFailsAfterSuchAnEndLeavesTheOldDirectory() throws IOException {
        var target = directory.resolve("state");
        write(directory.resolve("state.old"), "old");

        assertThatThrownBy(() -> Directories.replace(target, part -> {
            throw new IOException("disk full");
        })).isInstanceOf(IOException.class);

        assertThat(target.resolve("file")).hasContent("old");
    }

    @Test
    void aDirectoryThatIsThereIsNotReplacedByAnOlderOne() throws IOException {
        var target = directory.resolve("state");
        write(target, "new");
        write(directory.resolve("state.old"), "old");

        Directories.settle(target);

        assertThat(target.resolve("file")).hasContent("new");
    }

    private static void write(Path directory, String text) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("file"), text);
    }
}
