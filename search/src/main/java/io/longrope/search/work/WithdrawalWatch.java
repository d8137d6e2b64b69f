package io.longrope.search.work;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Interrupts the thread that does a task once nobody waits for its result any more. One thread looks after all workers of a process. */
final class WithdrawalWatch implements AutoCloseable {

    private static final long LOOK_MILLIS = 200;
    private static final ScheduledThreadPoolExecutor LOOKS = new ScheduledThreadPoolExecutor(1, Daemons.named("withdrawals"));

    static {
        LOOKS.setRemoveOnCancelPolicy(true);
    }

    private final Thread working;
    private final ScheduledFuture<?> looks;
    private BooleanSupplier current;
    private boolean interrupted;

    /** @param working the thread that calls {@link #begin} and {@link #end} */
    WithdrawalWatch(Thread working) {
        this.working = working;
        looks = LOOKS.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
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
        looks.cancel(false);
    }

    private synchronized void look() {
        if (current != null && !interrupted && current.getAsBoolean()) {
            interrupted = true;
            working.interrupt();
        }
    }
}
