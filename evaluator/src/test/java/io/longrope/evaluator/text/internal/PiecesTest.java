package io.longrope.evaluator.text.internal;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

class PiecesTest {

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "b", " ", " ", "\n", "\t", "é", "🎉", "  ", "\n\n", "\n  ").list().ofMaxSize(120)
                .map(parts -> String.join("", parts));
    }

    /** However the reader hands the text out. */
    @Property(tries = 2000)
    void cutsATextThatIsReadAsOneInMemory(@ForAll("texts") String text, @ForAll @IntRange(min = 2, max = 40) int longest,
                                          @ForAll @IntRange(min = 1, max = 50) int readAtOnce) throws IOException {
        var pieces = new Pieces(slow(text, readAtOnce), longest);
        var cut = new ArrayList<String>();
        for (var piece = pieces.next(); piece != null; piece = pieces.next()) {
            cut.add(piece);
        }
        assertThat(cut).isEqualTo(cutInMemory(text, longest));
        assertThat(String.join("", cut)).isEqualTo(text);
        assertThat(pieces.isAtEnd()).isTrue();
    }

    /** The rule as it was while texts were in memory; samples of old runs depend on it. */
    private static List<String> cutInMemory(String text, int longest) {
        var pieces = new ArrayList<String>();
        for (int start = 0; start < text.length(); ) {
            int end = pieceEnd(text, start, longest);
            pieces.add(text.substring(start, end));
            start = end;
        }
        return pieces;
    }

    private static int pieceEnd(String text, int start, int longest) {
        int limit = start + longest;
        if (limit >= text.length()) {
            return text.length();
        }
        for (int end = limit; end > start + longest / 2; end--) {
            if (text.charAt(end - 1) == '\n' && !Character.isWhitespace(text.charAt(end))) {
                return end;
            }
        }
        for (int end = limit; end > start + longest / 2; end--) {
            if (text.charAt(end) == ' ' && !Character.isWhitespace(text.charAt(end - 1)) && !text.startsWith("  ", end)) {
                return end;
            }
        }
        return Character.isLowSurrogate(text.charAt(limit)) ? limit - 1 : limit;
    }

    private static Reader slow(String text, int readAtOnce) {
        return new StringReader(text) {
            @Override
            public int read(char[] into, int from, int count) throws IOException {
                return super.read(into, from, Math.min(count, readAtOnce));
            }
        };
    }
}
