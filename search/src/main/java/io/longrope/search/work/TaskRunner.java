package io.longrope.search.work;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * Does tasks, where the device is. How a call ends says what follows: a return is a result; {@link TaskRefused} and
 * {@link DeviceOutOfMemory} leave the task to other workers; {@link TaskFailed}, as any other exception, is worth another try; an
 * {@link Error} ends the worker.
 */
public interface TaskRunner {

    /**
     * @return the outcome; the same for the same task and kind of device, to the bit
     * @throws InterruptedException when the thread was interrupted; whatever was trained so far is saved
     */
    Done run(Task task) throws InterruptedException;

    /** The checkpoint in memory, whose tasks are cheapest to do next; none where nothing is kept between tasks. */
    default Optional<ModelReference> loaded() {
        return Optional.empty();
    }

    /** Steps of a train task that attempts at it, here or elsewhere, have saved where this worker sees them; 0 for other kinds. */
    default long progress(Task task) {
        return 0;
    }

    /** What computes, for {@link Result#device()}. */
    String device();

    /**
     * @param outcome what was found
     * @param tokens  run through the model for it
     * @param chunk   as {@link Result#chunk()}
     */
    record Done(Outcome outcome, long tokens, OptionalInt chunk) {

        /** Computed as asked. */
        public Done(Outcome outcome, long tokens) {
            this(outcome, tokens, OptionalInt.empty());
        }
    }
}
