package io.longrope.progressive.bench;

import com.fasterxml.jackson.annotation.JsonValue;

import java.util.Locale;

/** How a worker comes to its end that holds a task and does not finish it. */
public enum Departure {
    /** In order: it says that others may have the task. */
    LEAVES,
    /** Killed: its connection breaks. */
    DIES,
    /** Stands still with its connection open, as a machine that hangs or is cut off: the lock of what it holds must run out. */
    FREEZES;

    /** For people and JSON. */
    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
