package io.longrope.progressive.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/** Server-sent events: one says no more than that there is something new, at most once a second, and now and then that time passed. */
final class EventStream {

    /** Each has a thread. */
    private static final int LISTENERS = 64;
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(5);
    private static final long BETWEEN_MILLIS = 1000;

    private final LiveJobs jobs;
    private final Semaphore places = new Semaphore(LISTENERS);

    EventStream(LiveJobs jobs) {
        this.jobs = jobs;
    }

    /** Until the browser leaves or the server ends. */
    void serve(Exchange exchange) throws IOException, InterruptedException {
        if (!places.tryAcquire()) {
            exchange.answer(503, "text/plain", "too many pages are followed at once");
            return;
        }
        try (var stream = exchange.stream("text/event-stream")) {
            long seen = -1;
            while (true) {
                seen = jobs.awaitChange(seen, LONGEST_SILENCE);
                if (seen < 0) {
                    return;
                }
                stream.write(("data: " + seen + "\n\n").getBytes(StandardCharsets.UTF_8));
                stream.flush();
                Thread.sleep(BETWEEN_MILLIS);
            }
        } finally {
            places.release();
        }
    }
}
