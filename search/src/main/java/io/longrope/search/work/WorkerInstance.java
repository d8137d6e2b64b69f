package io.longrope.search.work;

import io.longrope.search.problem.Require;

import java.util.random.RandomGenerator;

/**
 * Tells workers apart, also two of one name: containers that share a host name easily get one. An instance is a worker from its
 * start to its end; started again it is another.
 */
public final class WorkerInstance {

    private WorkerInstance() {
    }

    /** The name and six random hexadecimal digits, for example {@code gpu3-07ae41}. */
    public static String of(String name, RandomGenerator random) {
        return Require.notBlank(name, "worker name") + "-" + String.format("%06x", random.nextInt(1 << 24));
    }
}
