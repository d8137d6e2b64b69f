package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.metric.RetrievalWording;
import io.longrope.search.work.Retrieval;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Words, names and values that no text has, so that they can only be known from where they stood before. None of them is a word of
 * {@link RetrievalWording#ofTests}, and none looks like what those tests hide or ask by: five digits, a bare number, two words with a space
 * between them, five capital letters. What a model learns from them is to look back, not the sentences it will be tested with.
 */
final class InventedWords {

    private static final String CONSONANTS = "bcdfghjklmnprstvwxz";
    private static final String VOWELS = "aeiouy";
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz";
    private static final String[] JOINTS = {"-", "_", ".", "/"};
    private static final int[] DIGITS = {2, 3, 4, 6, 7, 8};
    private static final int CAPITALS_OF_TESTS = 5;

    private static final Set<String> OF_TESTS = Arrays.stream(Retrieval.values()).map(RetrievalWording::ofTests)
            .flatMap(wording -> Stream.of(wording.sentences(), wording.first(), wording.second()).flatMap(List::stream))
            .flatMap(text -> Arrays.stream(text.toLowerCase(Locale.ROOT).split("[^a-z]+"))).collect(Collectors.toUnmodifiableSet());

    private static final double SHARE_OF_TEXT = 0.6;

    private final SplittableRandom random;
    private final TextWords text;
    private final boolean fromText;

    /** @param text gives, for more than half of all documents, the words that are neither names nor values */
    InventedWords(SplittableRandom random, TextWords text) {
        this.random = random;
        this.text = text;
        this.fromText = random.nextDouble() < SHARE_OF_TEXT;
    }

    /** Of 2 to 9 letters, small, capitalised, or large. */
    String word() {
        return inCase(untested(() -> random.nextInt(4) == 0 ? drawn(LETTERS, random.nextInt(2, 8)) : syllables()));
    }

    private static String untested(Supplier<String> letters) {
        return Stream.generate(letters).filter(word -> !OF_TESTS.contains(word)).findFirst().orElseThrow();
    }

    private String syllables() {
        var word = IntStream.range(0, random.nextInt(1, 4)).mapToObj(i -> drawn(CONSONANTS, 1) + drawn(VOWELS, 1))
                .collect(Collectors.joining());
        return (random.nextInt(4) == 0 ? drawn(VOWELS, 1) : "") + word + (random.nextBoolean() ? drawn(CONSONANTS, 1) : "");
    }

    private String inCase(String word) {
        return switch (random.nextInt(6)) {
            case 0 -> word.length() == CAPITALS_OF_TESTS ? word : word.toUpperCase(Locale.ROOT);
            case 1 -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
            default -> word;
        };
    }

    /** @param count of them, with spaces or, now and then, something else between them */
    String words(int count) {
        var joint = random.nextInt(6) == 0 ? joint() : " ";
        var ofText = fromText ? text.words(random, count) : List.<String>of();
        return ofText.isEmpty() ? IntStream.range(0, count).mapToObj(i -> word()).collect(Collectors.joining(joint))
                : String.join(" ", ofText);
    }

    /** One to three words. */
    String few() {
        return words(random.nextInt(1, 4));
    }

    /** Of 3 to 13 words. */
    String sentence() {
        var words = words(random.nextInt(3, 14));
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + pick(". ", ".\n", "; ", "!\n", "\n");
    }

    /** Names of one kind; those with numbers follow each other, so that they differ by little. */
    Supplier<String> names() {
        var letters = untested(() -> drawn(LETTERS, random.nextInt(1, 4)));
        var first = new int[] {random.nextInt(1, random.nextBoolean() ? 20 : 400)};
        var joint = joint();
        var format = pick("#%d", letters + "%d", letters + "-%d", "%d" + letters, "0x%02x", "_%d", "(%d)", "[%d]");
        return switch (random.nextInt(4)) {
            case 0 -> this::word;
            case 1 -> () -> word() + joint + word();
            default -> () -> format.formatted(first[0]++);
        };
    }

    /** Values of one kind, half of the time numbers. */
    Supplier<String> values() {
        int digits = DIGITS[random.nextInt(DIGITS.length)];
        int length = random.nextInt(2, 8);
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3, 4 -> () -> number(digits);
            case 5 -> () -> untested(() -> drawn(LETTERS, length));
            case 6 -> () -> drawn("0123456789abcdef", 2 * (1 + length / 2));
            case 7 -> () -> number(2) + joint() + number(digits);
            case 8 -> () -> words(1 + length / 4);
            default -> this::word;
        };
    }

    private String number(int digits) {
        return drawn("123456789", 1) + drawn("0123456789", digits - 1);
    }

    private String joint() {
        return pick(JOINTS);
    }

    String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String drawn(String from, int count) {
        return random.ints(count, 0, from.length()).mapToObj(i -> from.substring(i, i + 1)).collect(Collectors.joining());
    }

    /** Of the tests' sentences, in small letters. */
    static List<String> ofTests() {
        return List.copyOf(OF_TESTS);
    }
}
