package io.longrope.progressive.bench;

import io.longrope.search.work.InMemoryWork;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskId;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.WorkQueue;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** A queue in this process: more workers than one machine has room for Kafka clients. */
public final class MemoryTransport implements Transport {

    private static final Duration PATIENCE = Duration.ofHours(1);

    private final InMemoryWork work = new InMemoryWork(new ResultBook(), SteadyClock.start());

    @Override
    public WorkQueue join(String worker) {
        return work.join(worker, Set.of(TaskClass.SCORE));
    }

    @Override
    public Tasks connect(String job) {
        return work.open(job, LedgerRules.DEFAULT, WaitListener.NONE);
    }

    /** Threads do not vanish. */
    @Override
    public Set<Departure> departures() {
        return Set.of(Departure.LEAVES);
    }

    @Override
    public DepartingWorker startDeparting(String name) {
        return new Leaving(join(name));
    }

    @Override
    public void close() {
        work.close();
    }

    private record Leaving(WorkQueue queue) implements DepartingWorker {

        @Override
        public Optional<TaskId> take() throws InterruptedException {
            return queue.take(PATIENCE, Optional.empty()).map(held -> held.delivery().tasks().get(0).id());
        }

        @Override
        public void depart(Departure how) {
            queue.close();
        }

        @Override
        public void close() {
            queue.close();
        }
    }
}
