package io.longrope.progressive.storage;

import io.longrope.search.work.Daemons;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Does something at once and then once an hour, on a thread of its own. What goes wrong is logged and tried again an hour later. */
public final class Sweeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(Daemons.named("sweeper"));

    private Sweeper(Sweep sweep) {
        thread.scheduleWithFixedDelay(() -> {
            try {
                sweep.run();
            } catch (IOException | RuntimeException e) {
                LOG.warn("what is kept too long stays for another hour: {}", e.toString());
            }
        }, 0, 1, TimeUnit.HOURS);
    }

    /** What is done. */
    @FunctionalInterface
    public interface Sweep {

        void run() throws IOException;
    }

    public static Sweeper hourly(Sweep sweep) {
        return new Sweeper(sweep);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
