package io.longrope.progressive.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Text like that the shipped model was trained on. */
final class SourceText {

    private SourceText() {
    }

    /** Writes {@code text.java}, of so many functions. */
    static void write(Path directory, int functions) throws IOException {
        Files.writeString(directory.resolve("text.java"), IntStream.range(0, functions)
                .mapToObj(i -> "    int sum" + i + "(int a, int b) {\n        return a + b * " + i * 7 + ";\n    }\n\n")
                .collect(Collectors.joining()));
    }
}
