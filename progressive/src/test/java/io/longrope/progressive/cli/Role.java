package io.longrope.progressive.cli;

import io.longrope.progressive.cli.internal.Terminal;
import io.longrope.progressive.cli.option.Console;

import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

import static org.assertj.core.api.Assertions.assertThat;

/** One command line on a thread of its own. */
final class Role {

    private static final int INTERRUPTED = 130;

    private final StringWriter out = new StringWriter();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Thread thread;
    private volatile int exitCode;

    Role(String... arguments) {
        thread = new Thread(() -> exitCode = Main.execute(new Console(new PrintWriter(out, true), new Terminal(err, 0)), arguments),
                arguments[0]);
        thread.start();
    }

    void interrupt() {
        thread.interrupt();
    }

    int end() {
        try {
            thread.join(120_000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(thread.isAlive()).as(errors()).isFalse();
        return exitCode;
    }

    /** All of it, when the command has ended well. */
    String printed() {
        int code = end();
        assertThat(code).as(errors()).isIn(0, 1, 3, INTERRUPTED);
        return out.toString();
    }

    String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
