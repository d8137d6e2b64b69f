package io.longrope.progressive.cli.internal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/** One line per event on standard error, and the same lines in a run's log file. */
public final class Logging {

    /** How a line looks. */
    public enum Format {
        PLAIN,
        JSON;

        /** As it is asked for. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Libraries that tell more than a user of ours wants to know. */
    private static final List<String> TALKATIVE =
            List.of("kafka", "org.apache.kafka", "state.change.logger", "LogFutureTimestampLogger", "ai.djl", "org.apache.fury",
                    "com.yammer");

    private Logging() {
    }

    /** Replaces what was configured before. */
    public static void configure(Terminal terminal, Format format, boolean verbose) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        context.getLogger("io.longrope").setLevel(verbose ? Level.DEBUG : Level.INFO);
        TALKATIVE.forEach(name -> context.getLogger(name).setLevel(verbose ? Level.ERROR : Level.OFF));
        attach(context, new LineAppender(format, terminal::line));
    }

    /**
     * Appends every line from now on to a file as well.
     *
     * @return closes the file
     */
    public static AutoCloseable alsoTo(Path file, Format format) throws IOException {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        var writer = new PrintWriter(Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                StandardOpenOption.APPEND), true);
        var appender = new LineAppender(format, writer::println);
        attach(context, appender);
        return () -> {
            context.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(appender);
            writer.close();
        };
    }

    private static void attach(LoggerContext context, LineAppender appender) {
        appender.setContext(context);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    private interface Sink {
        void line(String text);
    }

    private static final class LineAppender extends AppenderBase<ILoggingEvent> {

        private final Format format;
        private final Sink sink;

        LineAppender(Format format, Sink sink) {
            this.format = format;
            this.sink = sink;
        }

        @Override
        protected void append(ILoggingEvent event) {
            sink.line(format == Format.JSON ? LogLine.json(event) : LogLine.plain(event));
        }
    }
}
