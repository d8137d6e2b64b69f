package io.longrope.progressive.page;

/** What was asked for is not there. */
final class NotThere extends Exception {

    private static final long serialVersionUID = 1;

    NotThere(String what) {
        super(what + " is not here");
    }
}
