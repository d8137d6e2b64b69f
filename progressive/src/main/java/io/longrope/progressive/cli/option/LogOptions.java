package io.longrope.progressive.cli.option;

import io.longrope.progressive.cli.internal.Logging;
import picocli.CommandLine.Option;

/** How a command tells what it does. */
public final class LogOptions {

    @Option(names = "--log-format", paramLabel = "FORMAT", defaultValue = "plain",
            description = "Lines on standard error: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Logging.Format format = Logging.Format.PLAIN;

    @Option(names = {"-v", "--verbose"}, description = "Tell more, with stack traces.")
    private boolean verbose;

    public void apply(Console console) {
        Logging.configure(console.terminal(), format, verbose);
    }

    public Logging.Format format() {
        return format;
    }
}
