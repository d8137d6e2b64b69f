package io.longrope.search.work;

import java.time.InstantSource;
import java.util.Set;

class InMemoryWorkTest extends WorkContract {

    private final InMemoryWork work = closedAfterwards(new InMemoryWork(new ResultBook(), InstantSource.system()));

    @Override
    protected Tasks openTasks(String job, LedgerRules rules, WaitListener listener) {
        return work.open(job, rules, listener);
    }

    @Override
    protected WorkQueue openQueue(String worker, Set<TaskClass> classes) {
        return work.join(worker, classes);
    }
}
