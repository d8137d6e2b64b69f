package io.longrope.search.work;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A delivery being worked on. Its tasks are settled one by one, by the loop or by whoever ends it. What is counted is the loop's own; the
 * rest is safe for use by many threads.
 */
final class DeliveryInHand {

    private final WorkQueue.Held held;
    /** Found once: an id is a hash of the whole question. */
    private final Map<Task, TaskId> ids = new IdentityHashMap<>();
    private final Set<TaskId> open = ConcurrentHashMap.newKeySet();
    private int begun;
    private int unwanted;
    /** The task in progress, or the last one, and when it began. */
    private volatile Optional<Begun> last = Optional.empty();

    private record Begun(TaskId task, long nanoTime) {
    }

    DeliveryInHand(WorkQueue.Held held) {
        this.held = held;
        held.delivery().tasks().forEach(task -> ids.put(task, task.id()));
        open.addAll(ids.values());
    }

    /** Of one of its tasks. */
    TaskId id(Task task) {
        return ids.get(task);
    }

    WorkQueue.Held held() {
        return held;
    }

    void begin(TaskId task) {
        begun++;
        last = Optional.of(new Begun(task, System.nanoTime()));
    }

    /** The worker left a task to others. */
    void unwanted() {
        unwanted++;
    }

    /** The task begun last turned out to be one for others. */
    void refused() {
        begun--;
        unwanted++;
    }

    /** True where the worker could do nothing with any of it. */
    boolean isUnwanted() {
        return unwanted > 0 && begun == 0;
    }

    /** The device has been busy with a task for so long; 0 for one that was not begun. */
    double seconds(TaskId task) {
        return last.filter(begun -> begun.task.equals(task)).map(begun -> (System.nanoTime() - begun.nanoTime) / 1e9).orElse(0.0);
    }

    boolean isMine(Task task) {
        return open.contains(id(task));
    }

    /** True for the one who may say what became of the task. */
    boolean letGo(TaskId task) {
        return open.remove(task);
    }
}
