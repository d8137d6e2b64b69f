package io.longrope.search.problem;

import java.util.List;

/**
 * What a user gave (plan, checkpoint, text, message, option) cannot be used. Carries every problem found, so that one
 * attempt shows them all; the command line prints one line per problem and exits with code 2.
 */
public final class BadInput extends RuntimeException {

    private final List<Problem> problems;

    public BadInput(List<Problem> problems) {
        super(String.join(System.lineSeparator(), problems.stream().map(Problem::toString).toList()));
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("problems must not be empty");
        }
        this.problems = List.copyOf(problems);
    }

    public BadInput(Problem problem) {
        this(List.of(problem));
    }

    public BadInput(Problem problem, Throwable cause) {
        this(problem);
        initCause(cause);
    }

    /** Shorthand for a single problem; see {@link Problem}. */
    public BadInput(String name, String rule, Object found, String wayOut) {
        this(new Problem(name, rule, String.valueOf(found), wayOut));
    }

    public List<Problem> problems() {
        return problems;
    }
}
