package io.longrope.progressive.driver;

import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;

/** Tells an interruption from a failure: libraries that may not throw the one wrap it in an exception of their own. */
public final class Interrupts {

    private Interrupts() {
    }

    /** True when the exception, or one that caused it, says that somebody wanted the work to end. */
    public static boolean isBehind(Throwable exception) {
        for (var cause = exception; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof CancellationException
                    || cause instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return false;
    }

    /** As {@link #isBehind}, or that this thread is interrupted: whatever breaks then is no failure of the job. */
    static boolean endedWork(Throwable exception) {
        return Thread.currentThread().isInterrupted() || isBehind(exception);
    }

    /** The interruption behind an exception, with the thread's flag cleared as for any other. */
    static InterruptedException of(Exception exception) {
        Thread.interrupted();
        var interruption = new InterruptedException(exception.getMessage());
        interruption.initCause(exception);
        return interruption;
    }
}
