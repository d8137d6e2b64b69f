package io.longrope.search.work;

import java.util.concurrent.ThreadFactory;

/** Threads that do not keep a process alive. */
public final class Daemons {

    private Daemons() {
    }

    /** Not started yet. */
    public static Thread thread(String name, Runnable work) {
        var thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** For executors; all threads have one name. */
    public static ThreadFactory named(String name) {
        return work -> thread(name, work);
    }
}
