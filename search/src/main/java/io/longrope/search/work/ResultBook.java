package io.longrope.search.work;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Results by task. The first that comes counts for ever, whoever found it. Safe for use by many threads. */
public final class ResultBook {

    private final Map<TaskId, Result> results = new ConcurrentHashMap<>();

    /** What became of a result. */
    public enum Receipt {
        /** It is the task's result now. */
        FIRST,
        /** The task had its result, and this one says the same. */
        REPEATED,
        /** The task had its result, and this one says something else: two devices do not agree. */
        DIFFERENT
    }

    public Receipt receive(Result result) {
        var known = results.putIfAbsent(result.id(), result);
        if (known == null) {
            return Receipt.FIRST;
        }
        return known.outcome().equals(result.outcome()) ? Receipt.REPEATED : Receipt.DIFFERENT;
    }

    /** The task has no result any more. */
    public void forget(TaskId id) {
        results.remove(id);
    }

    public Optional<Result> find(TaskId id) {
        return Optional.ofNullable(results.get(id));
    }

    public int size() {
        return results.size();
    }
}
