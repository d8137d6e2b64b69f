package io.longrope.progressive.cli.internal;

import io.longrope.evaluator.engine.ProcessEnd;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns the signal that ends a process (Ctrl-C, SIGTERM) into an interrupt of its main thread, and holds the process open
 * until that thread has ended its work: libtorch crashes when the process ends below a running native call. One that takes too long is
 * cut off.
 */
public final class Interruption {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int INTERRUPTED = 130;

    private final Thread worker;
    private final Duration patience;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Interruption(Thread worker, Duration patience) {
        this.worker = worker;
        this.patience = patience;
    }

    public static Interruption ofCurrentThread() {
        return ofCurrentThread(PATIENCE);
    }

    /** @param patience for the work to end after the signal */
    static Interruption ofCurrentThread(Duration patience) {
        var interruption = new Interruption(Thread.currentThread(), patience);
        Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "interruption"));
        return interruption;
    }

    /** The work is over; the process may end. */
    public void ended() {
        ended.countDown();
    }

    private void stop() {
        if (ended.getCount() == 0) {
            return;
        }
        worker.interrupt();
        try {
            if (!ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("interrupted below a pass that still runs; the same command goes on from the last whole result");
                ProcessEnd.now(INTERRUPTED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
