package io.longrope.search.work;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Interrupts the thread that does a task once nobody waits for its result any more. */
final class WithdrawalWatch implements AutoCloseable {

    private static final long LOOK_MILLIS = 200;

    private final Thread working;
    private final ScheduledExecutorService looks = Executors.newSingleThreadScheduledExecutor(WithdrawalWatch::daemon);
    private BooleanSupplier current;
    private boolean interrupted;

    /** @param working the thread that calls {@link #begin} and {@link #end} */
    WithdrawalWatch(Thread working) {
        this.working = working;
        looks.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    synchronized void begin(BooleanSupplier withdrawn) {
        current = withdrawn;
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
        if (current != null && !interrupted && current.getAsBoolean()) {
            interrupted = true;
            working.interrupt();
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "withdrawals");
        thread.setDaemon(true);
        return thread;
    }
}
