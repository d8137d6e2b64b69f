package io.longrope.search.work;

/**
 * Messages cannot be sent or read, and trying again cannot help: a right is missing, or the broker is too old. A broker that is
 * away is waited for and never shows as this.
 */
public final class TransportFailed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TransportFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
