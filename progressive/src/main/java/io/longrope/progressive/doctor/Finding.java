package io.longrope.progressive.doctor;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;

import java.util.function.Supplier;

/**
 * One thing that was looked at.
 *
 * @param about  what, in a few words
 * @param state  how it is
 * @param found  what was found, or what is wrong and the way out
 */
public record Finding(String about, State state, String found) {

    /** How it is. */
    public enum State {
        OK("ok"), FAILED("FAILED"),
        /** It could not be looked at here. */
        LEFT_OUT("left out");

        private final String label;

        State(String label) {
            this.label = label;
        }

        public String label() {
            return label;
        }
    }

    public Finding {
        Require.notBlank(about, "about");
        Require.present(state, "state");
        Require.present(found, "found");
    }

    static Finding ok(String about, String found) {
        return new Finding(about, State.OK, found);
    }

    static Finding failed(String about, String found) {
        return new Finding(about, State.FAILED, found);
    }

    static Finding leftOut(String about, String why) {
        return new Finding(about, State.LEFT_OUT, why);
    }

    /** What a look finds; it failed where it throws. A finding is a line of a table, so of what was thrown it has the first one. */
    static Finding of(String about, Supplier<Finding> look) {
        try {
            return look.get();
        } catch (BadInput e) {
            return failed(about, e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            return failed(about, e.toString().lines().findFirst().orElse(""));
        }
    }

    boolean isFailure() {
        return state == State.FAILED;
    }
}
