package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.text.TokenCoding;
import io.longrope.evaluator.text.TokenFile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Documents that say something and say it again later, so that whoever is to go on must look back: text alone teaches a small model that
 * only slowly. Only tokens that must be looked up are counted: what is said again, from where it is clear what is meant. Statements and
 * repetitions lie anywhere in a document, each place as likely.
 *
 * <p>Four kinds, the first twice as often as each other: a passage that comes again, as in the copying task by which induction heads are
 * found (Olsson et al. 2022, arXiv 2209.11895); statements each in words of its own, begun again; statements in the same words about
 * several names, asked by name; a list of such lines without anything between them. The last two are asked in the words of the statement
 * or, as often, in another order. Other words follow the last word of a statement somewhere else, in sentences of their own and in
 * those that come again as filler, so that whoever looks back must compare more than one word.
 */
final class RetrievalDocuments {

    /** Tokens of a passage after which its continuation is clear. */
    private static final int CLEAR = 4;
    private static final int SHORTEST_PASSAGE = 12;
    /** A document holds at most this many statements. */
    private static final int MOST = 64;

    private final TokenFile text;
    private final OptionalInt startToken;
    private final Function<String, int[]> encoding;
    private final TextWords textWords;

    RetrievalDocuments(TokenFile text, OptionalInt startToken, TokenCoding coding) {
        this.text = text;
        this.startToken = startToken;
        this.encoding = coding.encode();
        this.textWords = new TextWords(text, coding.decode());
    }

    /** Tokens, of which all before {@code counted} cannot be known, nor those from {@code end} on. */
    private record Piece(double place, int[] tokens, int counted, int end) {
    }

    /** @param refrain what filler is made of that comes again and again */
    private record Draft(List<Piece> pieces, Supplier<String> refrain) {
    }

    /** The words around a name and a value. */
    private record Template(String before, String between, String sign, String end, String glue) {

        String statement(String name) {
            return before + name + between + sign;
        }

        /** The same in another order; next to the value stands the same sign. */
        String reordered(String name) {
            return glue + between + " " + before + name + sign;
        }

        /** Something else said after the last word of the statement: to see what is asked takes more than one word. */
        String other(InventedWords words, String name) {
            var statement = statement(name);
            int end = statement.length();
            while (end > 0 && !Character.isLetterOrDigit(statement.charAt(end - 1))) {
                end--;
            }
            var last = statement.substring(statement.lastIndexOf(' ', Math.max(0, end - 1)) + 1);
            return words.few() + " " + last + words.few() + end();
        }
    }

    /**
     * @param length    T, at least 8
     * @param positions [T], or empty for 0 to T − 1
     * @return a sequence of which something is counted
     */
    Sequence document(SplittableRandom random, int length, double[] positions) {
        return Stream.generate(() -> drawn(random, length, positions))
                .filter(sequence -> IntStream.of(sequence.targets()).anyMatch(target -> target != Sequence.IGNORED)).findFirst()
                .orElseThrow();
    }

    private Sequence drawn(SplittableRandom random, int length, double[] positions) {
        var words = new InventedWords(random, textWords);
        int lead = startToken.isPresent() ? 1 : 0;
        int room = length + 1 - lead;
        int kind = Math.max(0, random.nextInt(5) - 1);
        var draft = kind == 0 ? new Draft(passage(random, words, room), words::sentence) : statements(random, words, room, kind);
        var pieces = draft.pieces();
        int filled = pieces.stream().mapToInt(piece -> piece.tokens().length).sum();
        boolean list = kind == 3;
        var gaps = gaps(random, room - filled, pieces, list);
        var filler = new Filler(random, words, draft.refrain(), room - filled);
        var tokens = new int[length + 1];
        tokens[0] = startToken.orElse(0);
        var counted = new BitSet();
        int at = lead;
        for (int i = 0; i <= pieces.size(); i++) {
            at = filler.take(gaps[i], tokens, at);
            if (i < pieces.size()) {
                var piece = pieces.get(i);
                System.arraycopy(piece.tokens(), 0, tokens, at, piece.tokens().length);
                counted.set(at + piece.counted(), at + piece.end());
                at += piece.tokens().length;
            }
        }
        var targets = IntStream.range(1, tokens.length).map(t -> counted.get(t) ? tokens[t] : Sequence.IGNORED).toArray();
        return new Sequence(Arrays.copyOf(tokens, length), targets, positions, new int[0], true);
    }

    private List<Piece> passage(SplittableRandom random, InventedWords words, int room) {
        int most = Math.max(1, room / 3);
        // a short one, which comes more often in a document, is as likely as a long one
        int longest = Math.max(SHORTEST_PASSAGE, most) + 1;
        int count = Math.min(most, random.nextInt(SHORTEST_PASSAGE, random.nextInt(SHORTEST_PASSAGE, longest) + 1));
        var passage = switch (random.nextInt(4)) {
            case 0 -> text.range(Draws.below(random, text.length() - count + 1), count);
            case 1 -> filled(count, () -> words.values().get() + " ");
            default -> filled(count, words::sentence);
        };
        int clear = Math.min(CLEAR, count / 2);
        return IntStream.range(0, random.nextInt(2, Math.max(3, room / count + 1)))
                .mapToObj(i -> new Piece(i, passage, i == 0 ? count : clear, count)).toList();
    }

    /** So many tokens of invented text. */
    private int[] filled(int count, Supplier<String> part) {
        var written = new StringBuilder();
        int[] tokens = {};
        for (int characters = count; tokens.length < count; characters *= 2) {
            while (written.length() < characters) {
                written.append(part.get());
            }
            tokens = encoding.apply(written.toString());
        }
        return Arrays.copyOf(tokens, count);
    }

    /** Statements and, after each, its repetitions, in order; as many as there is room for. */
    private Draft statements(SplittableRandom random, InventedWords words, int room, int kind) {
        boolean list = kind == 3;
        var names = words.names();
        var values = words.values();
        var shared = template(random, words, kind > 1);
        boolean reordered = kind > 1 && random.nextBoolean();
        int most = 1 + random.nextInt(Math.min(MOST, Math.max(1, room / (list ? 32 : 64))));
        double dense = random.nextDouble(0.3, 1);
        var pieces = new ArrayList<Piece>();
        int filled = 0;
        for (int i = 0; i < most; i++) {
            var template = kind == 1 ? template(random, words, false) : shared;
            var name = kind == 1 && random.nextBoolean() ? "" : names.get();
            var value = values.get();
            double place = list ? i : random.nextDouble();
            var said = encoding.apply(template.statement(name) + value + template.end());
            var asked = asked(random, reordered ? template.reordered(name) : template.statement(name), value, template.end(),
                    list ? most + random.nextDouble() : random.nextDouble(place, 1));
            // of a list not every line is asked for
            boolean isAsked = !list || i == 0 || random.nextBoolean();
            int needed = said.length + (isAsked ? asked.tokens().length : 0);
            if (filled + needed > (i == 0 ? room : dense * room)) {
                break;
            }
            pieces.add(new Piece(place, said, said.length, said.length));
            if (isAsked) {
                pieces.add(asked);
            }
            filled += needed;
            if (!list && random.nextBoolean()) {
                var other = encoding.apply(template.other(words, name));
                if (filled + other.length <= dense * room) {
                    pieces.add(new Piece(random.nextDouble(), other, other.length, other.length));
                    filled += other.length;
                }
            }
        }
        var sorted = pieces.stream().sorted(Comparator.comparingDouble(Piece::place)).toList();
        return new Draft(sorted, () -> random.nextInt(3) > 0 ? shared.other(words, "") : words.sentence());
    }

    /** Counted are the value and the token after it. */
    private Piece asked(SplittableRandom random, String question, String value, String end, double place) {
        var before = encoding.apply((random.nextBoolean() ? "\n" : "") + question);
        var answer = encoding.apply(value);
        var after = encoding.apply(end);
        return new Piece(place, Stream.of(before, answer, after).flatMapToInt(Arrays::stream).toArray(), before.length,
                before.length + answer.length + Math.min(1, after.length));
    }

    private static Template template(SplittableRandom random, InventedWords words, boolean named) {
        var first = words.words(random.nextInt(named ? 3 : 4));
        var second = words.words(random.nextInt(first.isEmpty() ? 1 : 0, 4));
        return new Template(first.isEmpty() ? "" : first + " ", second.isEmpty() ? "" : words.pick(" ", ": ", ", ") + second,
                words.pick(" ", " ", ": ", " = ", "=", " -> ", " <", " (", " \"", " #"),
                words.pick(".\n", "\n", ">\n", ". ", ";\n", ", ", ")\n"),
                random.nextBoolean() ? "" : words.words(random.nextInt(1, 4)));
    }

    /** Tokens of filler before each piece and after the last, every way to share them out as likely; none within a list. */
    private static int[] gaps(SplittableRandom random, int filler, List<Piece> pieces, boolean list) {
        var places = IntStream.range(0, pieces.size() + 1)
                .filter(i -> !list || i == 0 || i == pieces.size() || pieces.get(i).counted() < pieces.get(i).tokens().length).toArray();
        var cuts = IntStream.concat(random.ints(places.length - 1, 0, filler + 1), IntStream.of(filler)).sorted().toArray();
        var gaps = new int[pieces.size() + 1];
        for (int i = 0; i < places.length; i++) {
            gaps[places[i]] = cuts[i] - (i == 0 ? 0 : cuts[i - 1]);
        }
        return gaps;
    }

    /** What stands between the pieces and goes on after each: text, a sentence over and over, or invented words. */
    private final class Filler {

        private final int[] tokens;
        private int taken;

        private Filler(SplittableRandom random, InventedWords words, Supplier<String> refrain, int count) {
            switch (random.nextInt(3)) {
                case 0 -> tokens = text.range(Draws.below(random, text.length() - count + 1), count);
                case 1 -> {
                    var sentences = encoding.apply(Stream.generate(refrain).limit(random.nextInt(1, 5))
                            .collect(Collectors.joining()));
                    tokens = IntStream.range(0, count).map(i -> sentences[i % sentences.length]).toArray();
                }
                default -> tokens = filled(count, words::sentence);
            }
        }

        /** @return where the next token goes */
        private int take(int count, int[] into, int at) {
            System.arraycopy(tokens, taken, into, at, count);
            taken += count;
            return at + count;
        }
    }
}
