package io.longrope.evaluator.metric;

import io.longrope.search.problem.Require;
import io.longrope.search.work.Retrieval;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A text of any length with something to be found in it.
 *
 * @param answers     what is asked for
 * @param answer      what an answer looks like
 * @param withRepeats the text with a number of filler sentences or lines, from 0
 */
record RetrievalText(List<String> answers, Pattern answer, IntFunction<String> withRepeats) {

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern VARIABLE = Pattern.compile("\\b[A-Z]{5}\\b");
    private static final int LETTERS = 5;

    /** @param depth share of the text before it, 0 to 1 */
    private record Needle(double depth, String text) {
    }

    /**
     * @param depth where in the text the needle asked for lies, 0 at its beginning, 1 at its end; of several that are asked for the first
     *              lies there, and the others follow evenly to the end
     * @param count needles of the kinds that have several
     */
    static RetrievalText of(Retrieval kind, RetrievalWording wording, Random random, double depth, int count) {
        Require.probability(depth, "depth");
        Require.that(count >= 1 && count <= kind.greatestCount(), "count",
                "must be at least 1 and at most " + kind.greatestCount() + " of " + kind, count);
        return switch (kind) {
            case PASSKEY -> {
                int key = fiveDigits(random);
                yield numbers(List.of(key), wording, List.of(new Needle(depth, wording.needle().formatted(key))), wording.question());
            }
            case LINES -> lines(wording, random, depth);
            case KEYS -> {
                var names = names(wording, random, count);
                var numbers = numbers(random, count);
                var needles = new ArrayList<>(List.of(new Needle(depth, wording.needle().formatted(names.get(0), numbers.get(0)))));
                for (int i = 1; i < count; i++) {
                    needles.add(new Needle((i - 0.5) / (count - 1), wording.needle().formatted(names.get(i), numbers.get(i))));
                }
                yield numbers(numbers.subList(0, 1), wording, needles, wording.question().formatted(names.get(0)));
            }
            case VALUES -> {
                var name = names(wording, random, 1).get(0);
                var numbers = numbers(random, count);
                yield numbers(numbers, wording,
                        evenly(depth, numbers.stream().map(number -> wording.needle().formatted(name, number)).toList()),
                        wording.question().formatted(name));
            }
            case QUERIES -> {
                var names = names(wording, random, count);
                var numbers = numbers(random, count);
                yield numbers(numbers, wording, evenly(depth, IntStream.range(0, count)
                        .mapToObj(i -> wording.needle().formatted(names.get(i), numbers.get(i))).toList()),
                        wording.question().formatted(String.join(", the ", names)));
            }
            case VARIABLES -> {
                var names = letters(random, 2 * count);
                var numbers = numbers(random, 2);
                var chain = names.subList(0, count);
                var needles = new ArrayList<>(evenly(depth, chain(wording, chain, numbers.get(0))));
                needles.addAll(evenly(0, chain(wording, names.subList(count, 2 * count), numbers.get(1))));
                yield new RetrievalText(chain, VARIABLE,
                        repeats -> text(wording, needles, wording.question().formatted(numbers.get(0)), repeats));
            }
        };
    }

    /** Which of the answers are among as many of the first things generated that look like one. */
    List<Boolean> answeredBy(String generated) {
        var given = new LinkedHashSet<String>();
        var matcher = answer.matcher(generated);
        for (int i = 0; i < answers.size() && matcher.find(); i++) {
            given.add(matcher.group());
        }
        return answers.stream().map(given::contains).toList();
    }

    private static RetrievalText numbers(List<Integer> answers, RetrievalWording wording, List<Needle> needles, String question) {
        return new RetrievalText(answers.stream().map(String::valueOf).toList(), NUMBER,
                repeats -> text(wording, needles, question, repeats));
    }

    private static RetrievalText lines(RetrievalWording wording, Random random, double depth) {
        int answer = fiveDigits(random);
        long others = random.nextLong();
        return new RetrievalText(List.of(String.valueOf(answer)), NUMBER, count -> {
            var numbers = new Random(others);
            int asked = (int) Math.round(depth * Math.max(0, count - 1));
            var text = new StringBuilder(wording.opening());
            for (int line = 0; line < Math.max(1, count); line++) {
                int other = fiveDigits(numbers);
                text.append(wording.needle().formatted(line + 1, line == asked ? answer : other));
            }
            return text.append(wording.question().formatted(asked + 1)).toString();
        });
    }

    private static String text(RetrievalWording wording, List<Needle> needles, String question, int repeats) {
        var text = new StringBuilder(wording.opening());
        int written = 0;
        for (var needle : needles.stream().sorted(Comparator.comparingDouble(Needle::depth)).toList()) {
            int before = (int) Math.round(needle.depth() * repeats);
            text.append(wording.filler().repeat(before - written)).append(needle.text());
            written = before;
        }
        return text.append(wording.filler().repeat(repeats - written)).append(question).toString();
    }

    private static List<Needle> evenly(double depth, List<String> needles) {
        return IntStream.range(0, needles.size()).mapToObj(i -> new Needle(depth + (1 - depth) * i / needles.size(), needles.get(i)))
                .toList();
    }

    private static List<String> chain(RetrievalWording wording, List<String> names, int number) {
        return IntStream.range(0, names.size()).mapToObj(i -> i == 0 ? wording.needle().formatted(names.get(0), number)
                : wording.link().formatted(names.get(i), names.get(i - 1))).toList();
    }

    /** Different ones. */
    private static List<String> names(RetrievalWording wording, Random random, int count) {
        var names = new ArrayList<String>();
        wording.first().forEach(first -> wording.second().forEach(second -> names.add(first + " " + second)));
        Require.that(names.size() >= count, "count", "must be at most the names of the wording, " + names.size(), count);
        Collections.shuffle(names, random);
        return names.subList(0, count);
    }

    private static List<String> letters(Random random, int count) {
        var names = new LinkedHashSet<String>();
        while (names.size() < count) {
            names.add(random.ints(LETTERS, 'A', 'Z' + 1).collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString());
        }
        return List.copyOf(names);
    }

    /** Different ones. */
    private static List<Integer> numbers(Random random, int count) {
        var numbers = new LinkedHashSet<Integer>();
        while (numbers.size() < count) {
            numbers.add(fiveDigits(random));
        }
        return List.copyOf(numbers);
    }

    private static int fiveDigits(Random random) {
        return 10_000 + random.nextInt(90_000);
    }
}
