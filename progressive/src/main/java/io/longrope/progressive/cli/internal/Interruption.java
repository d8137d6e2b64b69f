package io.longrope.progressive.cli.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns the signal that ends a process (Ctrl-C, SIGTERM) into an interrupt of its main thread, and holds the process open
 * until that thread has ended its work: libtorch crashes when the process ends below a running native call.
 */
public final class Interruption {

    private static final long PATIENCE_SECONDS = 120;

    private final Thread worker;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Interruption(Thread worker) {
        this.worker = worker;
    }

    public static Interruption ofCurrentThread() {
        var interruption = new Interruption(Thread.currentThread());
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
            ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
