package io.longrope.evaluator.worker;

import io.longrope.evaluator.session.Bytes;
import io.longrope.evaluator.session.ModelSession;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.DeviceOutOfMemory;
import io.longrope.search.work.Task;

import java.util.regex.Pattern;

/** Tells PyTorch's want of memory from its other failures, which all come as one kind of exception. */
final class OutOfMemory {

    /** CUDA's allocator, the CPU's on two platforms, and cuBLAS and cuDNN, which allocate for themselves. */
    private static final Pattern SAYS_SO = Pattern.compile("out of memory|can't allocate memory|not enough memory|_ALLOC(ATION)?_FAILED");
    private static final Pattern WANTED = Pattern.compile("allocate ([0-9.]+) (bytes|[KMGT]iB)");

    private OutOfMemory() {
    }

    static boolean isBehind(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause.getMessage() != null && SAYS_SO.matcher(cause.getMessage()).find()) {
                return true;
            }
        }
        return false;
    }

    /** Once everything that can be is given back. */
    static DeviceOutOfMemory of(Task task, ModelSession session, RuntimeException failure) {
        session.freeIdle();
        long there = session.memory();
        long needed = there + wanted(failure);
        return new DeviceOutOfMemory(task.describe() + " ran out of the " + Bytes.format(there) + " of " + session.device(),
                new Attempt.Memory(needed, there), failure);
    }

    /** What was asked for last, beyond what had been given. */
    private static long wanted(RuntimeException failure) {
        var match = WANTED.matcher(String.valueOf(failure.getMessage()));
        if (!match.find()) {
            return 0;
        }
        var unit = match.group(2);
        return (long) (Double.parseDouble(match.group(1)) * (unit.equals("bytes") ? 1
                : Math.pow(1024, "KMGT".indexOf(unit.charAt(0)) + 1)));
    }
}
