package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.metric.RetrievalWording;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.search.work.Retrieval;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Words that follow each other in a text, taken from any place in it: what is said in them reads like the text, so that a model does not
 * learn to look back only where everything else is strange. Three words that follow each other in {@link RetrievalWording#ofTests} are
 * never among them.
 */
final class TextWords {

    private static final int TOKENS_A_WORD = 12;
    private static final int TRIED = 4;
    private static final Set<List<String>> OF_TESTS = ofTests();

    private final TokenFile text;
    private final Function<int[], String> decoding;

    TextWords(TokenFile text, Function<int[], String> decoding) {
        this.text = text;
        this.decoding = decoding;
    }

    /** @return so many words; none where the text has no such run of words after a few tries */
    List<String> words(SplittableRandom random, int count) {
        int tokens = Math.toIntExact(Math.min(text.length(), (long) TOKENS_A_WORD * (count + 2)));
        for (int i = 0; i < TRIED; i++) {
            // the first and the last may be cut
            var words = inOrder(decoding.apply(text.range(Draws.below(random, text.length() - tokens + 1), tokens)));
            if (words.size() >= count + 2 && !asInTests(words.subList(1, count + 1))) {
                return words.subList(1, count + 1);
            }
        }
        return List.of();
    }

    static boolean asInTests(List<String> words) {
        return triples(words).anyMatch(OF_TESTS::contains);
    }

    static List<String> inOrder(String text) {
        return Arrays.stream(text.split("[^A-Za-z]+")).filter(word -> !word.isEmpty()).toList();
    }

    private static Stream<List<String>> triples(List<String> words) {
        var small = words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList();
        return Stream.iterate(0, i -> i + 3 <= small.size(), i -> i + 1).map(i -> small.subList(i, i + 3));
    }

    private static Set<List<String>> ofTests() {
        var triples = new HashSet<List<String>>();
        for (var kind : Retrieval.values()) {
            RetrievalWording.ofTests(kind).sentences().stream().map(TextWords::inOrder).flatMap(TextWords::triples).map(List::copyOf)
                    .forEach(triples::add);
        }
        return Set.copyOf(triples);
    }
}
