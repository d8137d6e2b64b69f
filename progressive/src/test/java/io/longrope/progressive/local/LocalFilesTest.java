package io.longrope.progressive.local;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LocalFilesTest {

    private static final Path HERE = Path.of(".");

    /** Roots as people type them: the root . has no name that the names below it could begin with. */
    @Test
    void takesTheCurrentDirectoryForARoot() {
        var files = new LocalFiles(HERE, HERE);

        assertThatCode(() -> files.checkText("pom.xml")).doesNotThrowAnyException();
        assertThat(files.checkpoint("src/main")).isDirectory();
        assertThat(new LocalFiles(Path.of("src/../src"), HERE).checkpoint("main")).isDirectory();
        assertThatThrownBy(() -> files.checkText("../pom.xml")).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("data must lie below .");
        assertThatThrownBy(() -> files.checkpoint("..")).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("model must lie below .");
    }

    @Test
    void takesPatternsAndRefusesLinksOut(@TempDir Path data, @TempDir Path outside) throws IOException {
        Files.writeString(data.resolve("a.jsonl"), "{\"text\":\"a\"}");
        var files = new LocalFiles(data, data);

        assertThatCode(() -> files.checkText("*.jsonl")).doesNotThrowAnyException();
        assertThatThrownBy(() -> files.checkText("*.txt")).isInstanceOf(BadInput.class).hasMessageContaining("must match files below");
        assertThatThrownBy(() -> files.checkText("a.txt")).isInstanceOf(BadInput.class)
                .hasMessageStartingWith("data must name a readable text below").hasMessageEndingWith("missing; --data sets the root");
        assertThatThrownBy(() -> files.checkText("a.json")).isInstanceOf(BadInput.class)
                .hasMessageEndingWith("a.json, which is missing; did you mean 'a.jsonl'? --data sets the root");
        assertThatThrownBy(() -> files.checkpoint("a.jsonl/x")).isInstanceOf(BadInput.class)
                .hasMessageEndingWith("which is missing; --models sets the root");
        Files.createSymbolicLink(data.resolve("b.jsonl"), Files.writeString(outside.resolve("secret"), ""));
        assertThatThrownBy(() -> files.checkText("*.jsonl")).isInstanceOf(BadInput.class).hasMessageContaining("b.jsonl must lie below");
    }
}
