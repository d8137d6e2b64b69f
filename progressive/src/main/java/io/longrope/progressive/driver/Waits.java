package io.longrope.progressive.driver;

import io.longrope.search.work.WaitListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/** Logs that a job waits for a worker that can do its tasks, and passes that on, on a thread of its own: a ledger must not be held up. */
public final class Waits implements WaitListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Waits.class);

    private final Consumer<String> told;
    /** Of the thread that runs the job. */
    private final Map<String, String> context = Objects.requireNonNullElse(MDC.getCopyOfContextMap(), Map.of());
    private final ExecutorService thread = Executors.newSingleThreadExecutor(Waits::daemon);

    /** @param told what the job waits for; empty when it goes on */
    public Waits(Consumer<String> told) {
        this.told = told;
    }

    @Override
    public void waits(String why) {
        pass(why);
    }

    @Override
    public void goesOn() {
        pass("");
    }

    @Override
    public void close() {
        thread.shutdown();
    }

    private void pass(String why) {
        try {
            thread.execute(() -> tell(why));
        } catch (RejectedExecutionException e) {
            LOG.debug("too late to tell what the job waited for: {}", why);
        }
    }

    private void tell(String why) {
        MDC.setContextMap(context);
        LOG.info("{}{}", why.isEmpty() ? "goes on" : "waiting: ", why);
        try {
            told.accept(why);
        } catch (RuntimeException e) {
            // what people see is no reason to end a job
            LOG.warn("cannot tell that the job waits: {}", e.getMessage());
        }
    }

    private static Thread daemon(Runnable task) {
        var thread = new Thread(task, "waits");
        thread.setDaemon(true);
        return thread;
    }
}
