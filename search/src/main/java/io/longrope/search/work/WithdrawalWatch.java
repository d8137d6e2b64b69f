package io.longrope.search.work;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Interrupts the thread that measures an evaluation once nobody waits for its score any more. */
final class WithdrawalWatch implements AutoCloseable {

    private static final long LOOK_MILLIS = 200;

    private final Thread measuring;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(WithdrawalWatch::daemon);
    private EvaluationQueue.Assignment current;
    private boolean interrupted;

    /** @param measuring the thread that calls {@link #begin} and {@link #end} */
    WithdrawalWatch(Thread measuring) {
        this.measuring = measuring;
        looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void begin(EvaluationQueue.Assignment assignment) {
        current = assignment;
        interrupted = false;
    }

    /**
     * No interrupt of ours comes after this.
     *
     * @return whether there was one
     */
    synchronized boolean end() {
        current = null;
        return interrupted;
    }

    @Override
    public void close() {
        looks.shutdownNow();
    }

    private synchronized void look() {
        if (current != null && !interrupted && current.isWithdrawn()) {
            interrupted = true;
            measuring.interrupt();
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "withdrawals");
        thread.setDaemon(true);
        return thread;
    }
}
