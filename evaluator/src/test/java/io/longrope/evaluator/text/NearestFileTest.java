package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What is proposed in place of a path that is not there. */
class NearestFileTest {

    @TempDir
    private Path temporary;

    private Path directory;

    @BeforeEach
    void files() throws IOException {
        directory = Files.createDirectories(temporary.toRealPath().resolve("data"));
        Files.createDirectories(directory.resolve("text/held-out"));
        Files.createFile(directory.resolve("text/held-out/war.txt"));
        Files.createFile(directory.resolve("text/held-out/peace.txt"));
        Files.createDirectories(temporary.resolve("outside/secret"));
        Files.createSymbolicLink(directory.resolve("link"), temporary.resolve("outside"));
    }

    @ParameterizedTest
    @CsvSource({"text/held-out/wars.txt, text/held-out/war.txt", "Text/held-out/war.txt, text/held-out/war.txt",
        "text/heldout/war.txt, text/held-out/war.txt", "txt/nothing/here, text", "textt, text"})
    void theNearestNameIsProposed(String missing, String proposed) {
        assertThat(NearestFile.below(directory, Path.of(missing))).contains("did you mean '" + proposed + "'?");
        assertThatThrownBy(() -> Root.of(directory, "--data").resolve(missing)).isInstanceOf(BadInput.class)
                .hasMessageEndingWith("must exist below --data, but was missing; did you mean '" + proposed + "'?");
    }

    @ParameterizedTest
    @CsvSource({"books", "text/held-out/ode.md", "link/secre", "text/held-out/war.txt/page", "text/held-out/war.txt"})
    void nothingIsProposedWhereNothingIsNearOrItLiesOutside(String missing) {
        assertThat(NearestFile.below(directory, Path.of(missing))).isEmpty();
    }

    @Test
    void aDirectoryThatIsNotThereHasNoNames() {
        assertThat(NearestFile.below(directory.resolve("gone"), Path.of("a"))).isEmpty();
    }
}
