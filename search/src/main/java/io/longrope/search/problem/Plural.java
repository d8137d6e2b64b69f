package io.longrope.search.problem;

/** How many of something there are, in words that fit one as well as several. */
public final class Plural {

    private Plural() {
    }

    /** {@code 1 job}, {@code 2 jobs}; of a noun whose plural is formed with an s. */
    public static String of(long count, String noun) {
        return of(count, noun, noun + "s");
    }

    /** {@code 1 delivery}, {@code 2 deliveries}; also of what is said of them: {@code 1 result is}, {@code 2 results are}. */
    public static String of(long count, String one, String several) {
        return count + " " + (count == 1 ? one : several);
    }
}
