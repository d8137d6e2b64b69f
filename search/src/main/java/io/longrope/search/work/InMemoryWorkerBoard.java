package io.longrope.search.work;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/** A board for the workers of one process. */
public final class InMemoryWorkerBoard implements WorkerBoard {

    private final ConcurrentSkipListMap<String, WorkerStatus> workers = new ConcurrentSkipListMap<>();

    @Override
    public void report(WorkerStatus status) {
        workers.put(status.worker(), status);
    }

    @Override
    public void leave(WorkerStatus last) {
        workers.remove(last.worker());
    }

    @Override
    public List<WorkerStatus> workers() {
        return List.copyOf(workers.values());
    }

    @Override
    public void close() {
        workers.clear();
    }
}
