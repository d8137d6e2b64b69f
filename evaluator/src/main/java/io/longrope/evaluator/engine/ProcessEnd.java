package io.longrope.evaluator.engine;

import com.sun.jna.Library;
import com.sun.jna.Native;

/** The end of this process while native code of it still runs. */
public final class ProcessEnd {

    /** The C library's. */
    public interface CLibrary extends Library {

        void _exit(int status);
    }

    private ProcessEnd() {
    }

    /**
     * Ends it at once, without what libraries have registered for its end: libtorch takes down there what its running call stands on, and
     * the process would die of that with a report of a fatal error. {@link Runtime#halt} runs it too.
     */
    public static void now(int exitCode) {
        Native.load("c", CLibrary.class)._exit(exitCode);
    }
}
