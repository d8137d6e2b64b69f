package io.longrope.search.problem;

/** Checks for record constructors: each returns the value it checked, or throws in the wording of {@link Problem}. */
public final class Require {

    private Require() {
    }

    public static int atLeast(int minimum, int value, String name) {
        that(value >= minimum, name, "must be at least " + minimum, value);
        return value;
    }

    public static long atLeast(long minimum, long value, String name) {
        that(value >= minimum, name, "must be at least " + minimum, value);
        return value;
    }

    /** A number that is neither NaN nor infinite and greater than zero. */
    public static double positive(double value, String name) {
        that(Double.isFinite(value) && value > 0, name, "must be a finite number greater than 0", value);
        return value;
    }

    public static double probability(double value, String name) {
        that(value >= 0 && value <= 1, name, "must be between 0 and 1", value);
        return value;
    }

    public static String notBlank(String value, String name) {
        that(value != null && !value.isBlank(), name, "must not be empty", value == null ? "missing" : "'" + value + "'");
        return value;
    }

    public static <T> T present(T value, String name) {
        that(value != null, name, "must be given", "missing");
        return value;
    }

    public static void that(boolean holds, String name, String rule, Object found) {
        if (!holds) {
            throw new BadInput(name, rule, found, "");
        }
    }

    public static void that(boolean holds, String name, String rule, Object found, String wayOut) {
        if (!holds) {
            throw new BadInput(name, rule, found, wayOut);
        }
    }
}
