package io.longrope.search.work;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds deliveries that are in the queue no more although nobody said what became of them, as after too many deliveries. Looks only
 * when nothing moved for a while, and one look is not enough: a delivery and what became of it are seen at different times. Not
 * thread-safe.
 */
public final class LostDeliveries {

    private long movesAtLastLook = -1;
    private Set<String> missingAtLastLook = Set.of();

    /**
     * Counts what was missing at two looks in a row as lost.
     *
     * @param backlog what is in the queue
     * @return the deliveries told to the run as vanished
     */
    public Set<String> look(JobTasks tasks, Supplier<Set<String>> backlog) {
        long moves = tasks.moves();
        boolean idle = moves == movesAtLastLook;
        movesAtLastLook = moves;
        var missing = idle ? tasks.queued() : new HashSet<String>();
        if (!missing.isEmpty()) {
            missing.removeAll(backlog.get());
        }
        var lost = new LinkedHashSet<>(missing);
        lost.retainAll(missingAtLastLook);
        missingAtLastLook = missing;
        lost.forEach(tasks::vanished);
        return lost;
    }
}
