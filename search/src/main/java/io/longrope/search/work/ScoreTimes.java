package io.longrope.search.work;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What score tasks took lately, to tell which are worth a round trip only together. Not thread-safe. */
final class ScoreTimes {

    /** A delivery should take a worker at least about as long as this, or the round trip costs more than the work. */
    private static final double WORTH_SECONDS = 0.25;
    private static final int MOST = 32;

    private final Map<Kind, Double> seconds = new HashMap<>();

    /** Score tasks of one kind take about as long on one device. */
    private record Kind(ModelReference model, int length, Objective objective, OptionalInt window) {
    }

    /** Of tasks of other kinds nothing is remembered. */
    void took(Task task, double taken) {
        kind(task).ifPresent(kind -> seconds.put(kind, taken));
    }

    /** How many tasks like this one make a delivery: 1 where nothing is known. */
    int together(Task task) {
        return kind(task).map(seconds::get).map(each -> (int) Math.max(1, Math.min(MOST, WORTH_SECONDS / Math.max(each, 1e-9)))).orElse(1);
    }

    boolean isAlike(Task one, Task other) {
        return kind(one).isPresent() && kind(one).equals(kind(other));
    }

    private static Optional<Kind> kind(Task task) {
        return task instanceof ScoreTask score
                ? Optional.of(new Kind(score.model(), score.sample().length(), score.objective(), score.window())) : Optional.empty();
    }
}
