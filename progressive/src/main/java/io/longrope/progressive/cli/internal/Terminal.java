package io.longrope.progressive.cli.internal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;

/**
 * Standard error: lines, and below them, where it is a terminal, one bar that each line pushes down. Lines of several
 * threads never mix.
 */
public final class Terminal {

    private static final String ERASE_LINE = "\r\u001b[2K";

    private final PrintStream stream;
    private final int columns;
    private String bar = "";

    /** @param columns width of the terminal; 0 = not a terminal, no bar is drawn */
    public Terminal(OutputStream stream, int columns) {
        this.stream = new PrintStream(stream, true);
        this.columns = columns;
    }

    /** Columns as the launcher found them; Java 17 cannot ask whether standard error is a terminal. */
    public static Terminal ofStandardError() {
        return new Terminal(System.err, Integer.getInteger("longrope.terminal", 0));
    }

    public synchronized void line(String text) {
        if (bar.isEmpty()) {
            stream.println(text);
            return;
        }
        stream.print(ERASE_LINE + text + System.lineSeparator() + bar);
        stream.flush();
    }

    /** Draws the bar anew; an empty text removes it. */
    public synchronized void bar(String text) {
        if (columns == 0) {
            return;
        }
        var shown = text.length() < columns ? text : text.substring(0, Math.max(0, columns - 1));
        if (!shown.equals(bar)) {
            stream.print(ERASE_LINE + shown);
            stream.flush();
            bar = shown;
        }
    }

    public int columns() {
        return columns;
    }

    public PrintWriter writer() {
        return new PrintWriter(stream, true);
    }
}
