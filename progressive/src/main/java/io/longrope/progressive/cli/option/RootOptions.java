package io.longrope.progressive.cli.option;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** The only two places a command opens checkpoints and texts under, whatever a plan or a message asks for. */
public final class RootOptions {

    @Option(names = "--models", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/models",
            description = "Checkpoints are looked for below it (default: the shipped ones).")
    private Path models;

    @Option(names = "--data", paramLabel = "DIR", defaultValue = "${sys:longrope.home:-.}/evaluator/target",
            description = "Texts are looked for below it (default: those that come with the build).")
    private Path data;

    public Path models() {
        return models;
    }

    public Path data() {
        return data;
    }
}
