package io.longrope.search.work;

import java.util.HashSet;
import java.util.Set;

/**
 * Finds evaluations that vanished: asked, not answered, and not in the queue either, at two looks in a row. One look is not
 * enough, because a score and the settling it causes are seen at different times. Not thread-safe.
 */
public final class LostEvaluations {

    private Set<EvaluationId> missing = Set.of();

    /**
     * @param unanswered what the driver waits for
     * @param backlog    what the queue holds, read after {@code unanswered}
     * @return what must be queued again
     */
    public Set<EvaluationId> look(Set<EvaluationId> unanswered, Set<EvaluationId> backlog) {
        var absent = new HashSet<>(unanswered);
        absent.removeAll(backlog);
        var lost = new HashSet<>(absent);
        lost.retainAll(missing);
        absent.removeAll(lost);
        missing = absent;
        return lost;
    }
}
