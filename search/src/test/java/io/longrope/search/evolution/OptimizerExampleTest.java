package io.longrope.search.evolution;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import javax.tools.ToolProvider;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import static org.assertj.core.api.Assertions.assertThat;

/** The search of one's own that the documentation of {@link Optimizer} shows compiles as it stands there, and finds something. */
class OptimizerExampleTest {

    private static final Path SOURCE = Path.of("src/main/java/io/longrope/search/evolution/Optimizer.java");

    @TempDir
    private Path directory;

    @Test
    void theExampleCompilesAndSearches() throws IOException, ReflectiveOperationException {
        var file = Files.writeString(directory.resolve("HillClimb.java"), example());
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp", System.getProperty("java.class.path"),
                "-d", directory.toString(), file.toString());
        assertThat(status).as("exit status of the compiler").isZero();

        try (var loader = new URLClassLoader(new URL[] {directory.toUri().toURL()}, Optimizer.class.getClassLoader())) {
            var result = (SearchResult) loader.loadClass("HillClimb").getMethod("search").invoke(null);

            assertThat(result.evaluations()).isEqualTo(200);
            assertThat(result.scored()).extracting(Scored::candidate).doesNotHaveDuplicates();
            assertThat(result.best().loss()).isLessThan(result.scored().get(0).loss());
            assertThat(result.end()).isEqualTo(SearchResult.End.EVALUATIONS);
        }
    }

    private static String example() throws IOException {
        var source = Files.readString(SOURCE);
        var block = source.substring(source.indexOf("<pre>{@code") + "<pre>{@code".length(), source.indexOf(" * }</pre>"));
        return block.lines().map(line -> line.replaceFirst("^ \\* ?", "")).collect(Collectors.joining("\n"));
    }
}
