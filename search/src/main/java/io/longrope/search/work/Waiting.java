package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Why a job waits: no worker there is can do some of its tasks.
 *
 * @param taskClass whose workers it waits for
 * @param task      what waits longest, for people
 * @param reasons   what each worker says to it, by the worker's name; of a large crew some, at least one
 * @param others    workers that said something too and are not named
 */
public record Waiting(TaskClass taskClass, String task, Map<String, String> reasons, int others) {

    /** More would make a message of it that nobody reads. */
    private static final int WORKERS_NAMED = 32;
    private static final int LONGEST_REASON = 500;

    public Waiting {
        Require.present(taskClass, "waiting.taskClass");
        Require.notBlank(task, "waiting.task");
        reasons = Collections.unmodifiableMap(new TreeMap<>(reasons == null ? Map.of() : reasons));
        Require.that(!reasons.isEmpty() && !reasons.containsValue(null), "waiting.reasons", "must be given", reasons);
        Require.atLeast(0, others, "waiting.others");
    }

    /**
     * Names the first of the workers and shortens what they say where it is long.
     *
     * @param reasons what each worker says, by the worker's name; at least one
     */
    public static Waiting of(Task task, Map<String, String> reasons) {
        var named = new TreeMap<String, String>();
        new TreeMap<>(reasons).entrySet().stream().limit(WORKERS_NAMED)
                .forEach(reason -> named.put(reason.getKey(), shortened(reason.getValue())));
        return new Waiting(task.taskClass(), task.describe(), named, reasons.size() - named.size());
    }

    /** For people, in one line. */
    public String line() {
        return task + ": " + said();
    }

    /** What the workers say, in one line. */
    String said() {
        var named = reasons.entrySet().stream().map(reason -> reason.getKey() + " says " + reason.getValue())
                .collect(Collectors.joining("; "));
        return named + (others == 0 ? "" : "; and " + others + " more");
    }

    private static String shortened(String reason) {
        return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "…";
    }
}
