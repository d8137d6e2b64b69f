package io.longrope.search.kafka;

/** Waiting that leaves the interrupt flag set when interrupted. */
final class Threads {

    private Threads() {
    }

    /** Returns at once when the thread is the caller's own. */
    static void join(Thread thread) {
        if (thread == Thread.currentThread()) {
            return;
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
