package io.longrope.progressive.cli.internal;

import io.longrope.progressive.driver.Interrupts;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Obstacle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What a command's failure looks like from outside: one line per problem on standard error, and an exit code. */
public final class Problems implements IExecutionExceptionHandler, IParameterExceptionHandler {

    public static final int FAILED = 1;
    public static final int BAD_INPUT = 2;
    public static final int INTERRUPTED = 130;

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final Terminal terminal;

    public Problems(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleExecutionException(Exception exception, CommandLine commandLine, ParseResult parsed) {
        terminal.bar("");
        var cause = unwrapped(exception);
        if (cause instanceof BadInput badInput) {
            badInput.problems().forEach(problem -> terminal.line(problem.toString()));
            return BAD_INPUT;
        }
        if (Interrupts.isBehind(cause)) {
            terminal.line("interrupted; the same command goes on where it stopped");
            return INTERRUPTED;
        }
        terminal.line("failed: " + described(cause) + (LOG.isDebugEnabled() ? "" : " (-v shows where)"));
        LOG.debug("failed", cause);
        return FAILED;
    }

    @Override
    public int handleParseException(ParameterException exception, String[] arguments) {
        var command = exception.getCommandLine();
        var message = exception.getCause() instanceof BadInput badInput ? badInput.getMessage()
                : WrongValue.of(exception).map(Problem::toString).orElse(exception.getMessage());
        terminal.line(message.lines().findFirst().orElse("bad arguments") + suggestion(exception)
                + "; " + command.getCommandSpec().qualifiedName() + " --help shows what it takes");
        return BAD_INPUT;
    }

    private static String suggestion(ParameterException exception) {
        if (!(exception instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        return unmatched.getSuggestions().stream().findFirst().map(near -> "; did you mean " + near + "?").orElse("");
    }

    private static Throwable unwrapped(Throwable exception) {
        var cause = exception;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String described(Throwable cause) {
        return cause instanceof IOException || cause.getMessage() == null ? Obstacle.of(cause) : cause.getMessage();
    }
}
