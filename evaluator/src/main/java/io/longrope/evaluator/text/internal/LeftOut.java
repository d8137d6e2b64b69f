package io.longrope.evaluator.text.internal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;

/** Files that are not read, so that the log says in one line which and why. */
final class LeftOut {

    private static final Logger LOG = LoggerFactory.getLogger(LeftOut.class);
    private static final int NAMED = 3;

    private final String place;
    private final List<String> named = new ArrayList<>();
    private long count;

    /** @param place that holds them */
    LeftOut(String place) {
        this.place = place;
    }

    void add(String name) {
        count++;
        if (named.size() < NAMED) {
            named.add(name);
        }
    }

    void log(String reason) {
        if (count > 0) {
            LOG.info("{}: left out {}{}, {}", place, String.join(", ", named), count > NAMED ? " and " + (count - NAMED) + " more" : "",
                    reason);
        }
    }
}
