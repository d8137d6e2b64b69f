package io.longrope.evaluator.metric;

import io.longrope.search.problem.Require;
import io.longrope.search.work.Retrieval;

import java.util.List;

/**
 * The sentences one kind of retrieval is asked in. Those of the tests are here; a model that is trained to retrieve is given other ones,
 * so that it is not measured on sentences it knows by heart.
 *
 * @param opening  before everything
 * @param filler   sentences repeated between the needles; of lines it is empty, since other lines are between them
 * @param needle   format of what is hidden. Of a pass key: the number (%1$d). Of lines, keys, values and queries: the name or the line's
 *                 number (%1$s), its number (%2$d). Of variables: a name (%1$s) and its number (%2$d)
 * @param link     format of a variable (%1$s) defined by another (%2$s); else empty
 * @param question format of the question, up to where the answer begins. Of lines, keys, values and queries: the name or names (%1$s). Of
 *                 variables: the number (%1$d)
 * @param first    first words of names
 * @param second   second words of names
 */
public record RetrievalWording(String opening, String filler, String needle, String link, String question, List<String> first,
        List<String> second) {

    private static final List<String> QUALITIES =
            List.of("amber", "brisk", "copper", "dusty", "early", "frosty", "gentle", "humble", "ivory", "jolly",
            "lucid", "mellow", "nimble", "polite", "rustic", "velvet");
    private static final List<String> THINGS =
            List.of("anchor", "basket", "candle", "donkey", "engine", "falcon", "garden", "hammer", "island", "jacket",
            "kettle", "ladder", "mirror", "needle", "pencil", "saddle");
    private static final String RAIN =
            "Rain ran down the window. A clock ticked in the hall. Somebody made tea. So the afternoon went by.\n";

    public RetrievalWording {
        Require.present(opening, "opening");
        Require.present(filler, "filler");
        Require.notBlank(needle, "needle");
        Require.present(link, "link");
        Require.notBlank(question, "question");
        first = List.copyOf(first);
        second = List.copyOf(second);
    }

    /** The wording all tests and reports use. */
    public static RetrievalWording ofTests(Retrieval kind) {
        return switch (kind) {
            // Mohtashami and Jaggi, arXiv 2305.16300, appendix
            case PASSKEY -> unnamed("There is an important info hidden inside a lot of irrelevant text. "
                            + "Find it and memorize them. I will quiz you about the important information there.\n",
                    "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again.\n",
                    "The pass key is %1$d. Remember it. %1$d is the pass key.\n", "What is the pass key? The pass key is");
            // after LongEval's line retrieval (LongChat, 2023)
            case LINES -> unnamed("Below is a record of lines to remember. Each line has an index and a number. "
                    + "In the end you are asked for the number of one line.\n\n", "", "line %1$s: REGISTER_CONTENT is <%2$d>\n",
                    "\nThe record is over. The REGISTER_CONTENT of line %1$s is <");
            case KEYS -> named("Here and there in this text somebody is given a locker. In the end you are asked for the number of one "
                    + "locker.\n",
                    "The locker of the %1$s has the number %2$d.\n", "",
                    "Which number has the locker of the %1$s? The locker of the %1$s has the number");
            case VALUES -> named("Here and there in this text somebody is given a number. In the end you are asked for all numbers of "
                    + "one of them.\n",
                    "One of the numbers of the %1$s is %2$d.\n", "",
                    "Which numbers has the %1$s been given in this text? All numbers of the %1$s are");
            case QUERIES -> named("Here and there in this text somebody is given a locker. In the end you are asked for the numbers of "
                    + "several lockers.\n",
                    "The locker of the %1$s has the number %2$d.\n", "",
                    "Which numbers have the lockers of the %1$s? In this order their numbers are");
            case VARIABLES -> named("Here and there in this text a name is said to stand for a number. In the end you are asked for "
                    + "all names of one number.\n",
                    "From now on %1$s stands for %2$d.\n", "From now on %1$s stands for the same as %2$s.\n",
                    "Which names stand for %1$d? All names that stand for %1$d are");
        };
    }

    /** All there is in words, formats as they stand; names apart. */
    public List<String> sentences() {
        return List.of(opening, filler, needle, link, question);
    }

    private static RetrievalWording unnamed(String opening, String filler, String needle, String question) {
        return new RetrievalWording(opening, filler, needle, "", question, List.of(), List.of());
    }

    private static RetrievalWording named(String opening, String needle, String link, String question) {
        return new RetrievalWording(opening, RAIN, needle, link, question, QUALITIES, THINGS);
    }
}
