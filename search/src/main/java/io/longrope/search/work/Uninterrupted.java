package io.longrope.search.work;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Waiting that an interrupt does not shorten: what is waited for cannot be stopped, and must not outlive what it stands on. */
public final class Uninterrupted {

    private Uninterrupted() {
    }

    /** What a future comes to. An interrupt is still there afterwards. */
    public static <T> T get(Future<T> future) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
