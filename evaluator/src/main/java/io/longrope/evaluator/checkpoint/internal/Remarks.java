package io.longrope.evaluator.checkpoint.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Remarks on the files of checkpoints, each told once in a process: a file is read many times, by names that are written otherwise. */
public final class Remarks {

    private static final Logger LOG = LoggerFactory.getLogger(Remarks.class);
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private Remarks() {
    }

    /**
     * Warns, of a place that was not spoken of so before.
     *
     * @param place  a file or directory
     * @param remark about it, with {@code place} in it or not
     */
    public static void tell(String place, String remark) {
        if (isNew(place, remark)) {
            LOG.warn("{}", remark.contains(place) ? remark : place + ": " + remark);
        }
    }

    static boolean isNew(String place, String remark) {
        return TOLD.add(real(place) + ": " + remark.replace(place, ""));
    }

    private static String real(String place) {
        try {
            return Path.of(place).toRealPath().toString();
        } catch (IOException | InvalidPathException e) {
            // a name for what is no file
            return place;
        }
    }
}
