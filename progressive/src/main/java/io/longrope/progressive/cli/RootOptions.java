package io.longrope.progressive.cli;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The only two places a command opens checkpoints and texts under, whatever a plan or a message asks for. */
final class RootOptions {

    @Option(names = "--models", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/models",
            description = "Checkpoints are looked for below it (default: the shipped ones).")
    private Path models;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/target",
            description = "Texts are looked for below it (default: those that come with the build).")
    private Path data;

    Path models() {
        return models;
    }

    Path data() {
        return data;
    }
}
