package io.longrope.evaluator.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The PyTorch of a Python.
 *
 * @param python    the program
 * @param directory of the package torch
 * @param version   such as 2.7.1+cu126
 */
record PythonTorch(Path python, Path directory, String version) {

    private static final List<String> NAMES = List.of("python3", "python");
    /** Where the package is, without importing it, which would take seconds. */
    private static final String WHERE = "import importlib.util as u; s = u.find_spec('torch'); "
            + "print(s.submodule_search_locations[0] if s else '')";
    private static final Pattern VERSION = Pattern.compile("__version__ *= *['\"]([^'\"]+)['\"]");
    private static final int PATIENCE_SECONDS = 30;

    /**
     * Of the first Python that has one.
     *
     * @param path directories of programs, as in the variable PATH
     */
    static Optional<PythonTorch> on(String path) {
        return pythons(path).flatMap(python -> of(python).stream()).findFirst();
    }

    /** The programs by that name, those a shell would start first. */
    static Stream<Path> pythons(String path) {
        return NAMES.stream().flatMap(name -> Stream.of(path.split(":")).filter(directory -> !directory.isEmpty())
                .map(directory -> Path.of(directory, name))).filter(Files::isExecutable);
    }

    Path libraries() {
        return directory.resolve("lib");
    }

    private static Optional<PythonTorch> of(Path python) {
        try {
            var process = new ProcessBuilder(python.toString(), "-c", WHERE).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start();
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    return Optional.empty();
                }
                var line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                return line.isEmpty() ? Optional.empty()
                        : version(Path.of(line)).map(found -> new PythonTorch(python, Path.of(line), found));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            // a Python that does not start has no PyTorch either
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<String> version(Path directory) throws IOException {
        var file = directory.resolve("version.py");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        var matcher = VERSION.matcher(Files.readString(file));
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
