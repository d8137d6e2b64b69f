package io.longrope.search.work;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts what one worker does. Written by its loop, read by any thread. */
public final class TaskMeter {

    private static final int REFUSALS_KEPT = 5;

    private final Map<String, Long> outcomes = new TreeMap<>();
    private final Map<Attempt.Kind, Long> attempts = new EnumMap<>(Attempt.Kind.class);
    /** By what was refused, the latest last. */
    private final Map<String, String> refusals = new LinkedHashMap<>();
    private Optional<InHand> current = Optional.empty();
    private Optional<String> stopped = Optional.empty();
    private long tokens;
    private double seconds;

    /**
     * A task being done.
     *
     * @param job    who asked
     * @param task   which
     * @param what   it is, for people
     * @param trains whether it is a training
     */
    public record InHand(String job, TaskId task, String what, boolean trains) {
    }

    /**
     * What was counted so far.
     *
     * @param current  what is done now; empty when the worker waits
     * @param outcomes results by the kind of their outcome, for example loss; kinds that never came are absent
     * @param attempts attempts without a result, by kind
     * @param tokens   run through the model for the results
     * @param seconds  spent on them
     * @param stopped  why the worker asks for no more work; empty when it does
     * @param refusals what it refused lately, and why
     */
    public record Reading(Optional<InHand> current, Map<String, Long> outcomes, Map<Attempt.Kind, Long> attempts, long tokens,
            double seconds,
                          Optional<String> stopped, Map<String, String> refusals) {

        public long results() {
            return outcomes.values().stream().mapToLong(Long::longValue).sum();
        }

        /** 0 before the first result. */
        public double tokensPerSecond() {
            return seconds > 0 ? tokens / seconds : 0;
        }
    }

    public synchronized Reading read() {
        return new Reading(current, new TreeMap<>(outcomes), Map.copyOf(attempts), tokens, seconds, stopped, new LinkedHashMap<>(refusals));
    }

    synchronized void begin(String job, TaskId id, Task task) {
        current = Optional.of(new InHand(job, id, task.describe(), task.taskClass() == TaskClass.TRAIN));
    }

    synchronized void end() {
        current = Optional.empty();
    }

    synchronized void add(Result result) {
        outcomes.merge(result.outcome().word(), 1L, Long::sum);
        tokens += result.tokens();
        seconds += result.seconds();
    }

    synchronized void add(Attempt attempt, Task task) {
        attempts.merge(attempt.kind(), 1L, Long::sum);
        if (attempt.kind() == Attempt.Kind.REFUSED || attempt.kind() == Attempt.Kind.OUT_OF_MEMORY) {
            var what = task.needs().map(model -> task.describe() + " with " + model.path()).orElse(task.describe());
            refusals.remove(what);
            refusals.put(what, attempt.reason());
            if (refusals.size() > REFUSALS_KEPT) {
                refusals.remove(refusals.keySet().iterator().next());
            }
        }
    }

    synchronized void stopped(Optional<String> why) {
        stopped = why;
    }
}
