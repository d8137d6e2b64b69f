package io.longrope.evaluator.training;

/** A program that was to train failed, or left no checkpoint that fits. Called again, it may go on. */
public final class CommandFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
