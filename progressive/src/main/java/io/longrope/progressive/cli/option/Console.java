package io.longrope.progressive.cli.option;

import io.longrope.progressive.cli.internal.Terminal;

import java.io.PrintWriter;

/** Where a command line writes; {@code main} uses the process's streams, tests their own. */
public record Console(PrintWriter out, Terminal terminal) {
}
