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
public record Diagnosis(String about, State state, String found) {

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

    public Diagnosis {
        Require.notBlank(about, "about");
        Require.present(state, "state");
        Require.present(found, "found");
    }

    static Diagnosis ok(String about, String found) {
        return new Diagnosis(about, State.OK, found);
    }

    static Diagnosis failed(String about, String found) {
        return new Diagnosis(about, State.FAILED, found);
    }

    static Diagnosis leftOut(String about, String why) {
        return new Diagnosis(about, State.LEFT_OUT, why);
    }

    /** What a look finds; it failed where it throws. A finding is a line of a table, so of what was thrown it has the first one. */
    static Diagnosis of(String about, Supplier<Diagnosis> look) {
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
