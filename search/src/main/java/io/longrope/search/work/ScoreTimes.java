package io.longrope.search.work;

import java.util.HashMap;
import java.util.Map;

/** What score tasks took lately, to tell which are worth a round trip only together. Not thread-safe. */
final class ScoreTimes {

    /** A delivery should take a worker at least about as long as this, or the round trip costs more than the work. */
    private static final double WORTH_SECONDS = 0.25;
    private static final int MOST = 32;

    private final Map<Effort, Double> seconds = new HashMap<>();

    /** Of tasks whose effort is not known nothing is remembered. */
    void took(Task task, double taken) {
        task.effort().ifPresent(effort -> seconds.put(effort, taken));
    }

    /** How many tasks like this one make a delivery: 1 where nothing is known. */
    int together(Task task) {
        return task.effort().map(seconds::get).map(each -> (int) Math.max(1, Math.min(MOST, WORTH_SECONDS / Math.max(each, 1e-9))))
                .orElse(1);
    }

    boolean isAlike(Task one, Task other) {
        return one.effort().isPresent() && one.effort().equals(other.effort());
    }
}
