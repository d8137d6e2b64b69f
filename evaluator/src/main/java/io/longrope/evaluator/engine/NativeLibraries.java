package io.longrope.evaluator.engine;

import ai.djl.util.Utils;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Obstacle;
import io.longrope.search.problem.Problem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Loads what brings native libraries, which DJL unpacks into a directory of the user before it can load them. */
public final class NativeLibraries {

    private NativeLibraries() {
    }

    /**
     * What the call gives.
     *
     * @throws BadInput when it fails and the directory for native libraries cannot be written
     */
    public static <T> T load(Supplier<T> call) {
        return load(Utils.getCacheDir(), call);
    }

    static <T> T load(Path directory, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException | LinkageError e) {
            // a directory that is read-only is well while the libraries are in it: only a failure tells
            var obstacle = obstacle(directory);
            if (obstacle == null) {
                throw e;
            }
            throw new BadInput(new Problem("directory for native libraries " + directory, "must be writable", obstacle,
                    "DJL_CACHE_DIR names another"), e);
        }
    }

    private static String obstacle(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "longrope", ".part"));
            return null;
        } catch (IOException e) {
            return Obstacle.of(e);
        }
    }
}
