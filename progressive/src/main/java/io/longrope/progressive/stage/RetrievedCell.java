package io.longrope.progressive.stage;

import io.longrope.search.work.Retrieval;

import java.util.Comparator;

/**
 * How often one method found again what was hidden in prompts.
 *
 * @param method   its name
 * @param accuracy share of what was asked for that was found
 */
public record RetrievedCell(Place place, String method, double accuracy) {

    /**
     * What prompts ask for.
     *
     * @param length tokens of prompt and answer
     * @param depth  where it lies, 0 = at the beginning of the text, 1 = at its end
     */
    public record Place(Retrieval kind, int length, double depth) implements Comparable<Place> {

        private static final Comparator<Place> ORDER = Comparator.comparing(Place::kind).thenComparingInt(Place::length)
                .thenComparingDouble(Place::depth);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }
}
