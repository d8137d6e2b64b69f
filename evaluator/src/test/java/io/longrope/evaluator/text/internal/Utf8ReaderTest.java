package io.longrope.evaluator.text.internal;

import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Utf8ReaderTest {

    private static final String MIXED = "aé世🎉\r\n";

    @Property(tries = 300)
    void readsWhatStringsDecode(@ForAll long seed, @ForAll @IntRange(min = 0, max = 200_000) int length,
            @ForAll @IntRange(min = 1, max = 70_000) int readAtOnce)
            throws IOException {
        var random = new Random(seed);
        var points = MIXED.codePoints().toArray();
        var text = random.ints(length / 2, 0, points.length)
                .collect(StringBuilder::new, (all, i) -> all.appendCodePoint(points[i]), StringBuilder::append).toString();

        assertThat(read(slow(text.getBytes(StandardCharsets.UTF_8), readAtOnce))).isEqualTo(text);
    }

    @Test
    void tellsWhereAByteIsNone() {
        var far = new byte[300_000];
        Arrays.fill(far, (byte) 'a');
        far[299_998] = (byte) 0xc3;
        far[299_999] = (byte) 'b';
        var cut = Arrays.copyOf(far, 299_999);

        for (int readAtOnce : new int[] {1, 7, 1 << 20}) {
            assertThatThrownBy(() -> read(slow(far, readAtOnce))).isInstanceOf(BadInput.class)
                    .hasMessage("x must be UTF-8 text, but was byte 195 at offset 299998; convert it to UTF-8");
            assertThatThrownBy(() -> read(slow(cut, readAtOnce))).isInstanceOf(BadInput.class)
                    .hasMessage("x must be UTF-8 text, but was byte 195 at offset 299998; convert it to UTF-8");
        }
        // the bytes of half a surrogate pair
        assertThatThrownBy(() -> read(slow(new byte[] {'a', (byte) 0xed, (byte) 0xa0, (byte) 0xbd}, 9))).isInstanceOf(BadInput.class)
                .hasMessageContaining("byte 237 at offset 1");
    }

    @Test
    void leavesOutOneByteOrderMark() throws IOException {
        assertThat(read(slow("\ufeff\ufeffa".getBytes(StandardCharsets.UTF_8), 1))).isEqualTo("\ufeffa");
        assertThat(read(slow(new byte[0], 1))).isEmpty();
    }

    private static String read(InputStream input) throws IOException {
        var text = new StringWriter();
        new Utf8Reader(input, "x").transferTo(text);
        return text.toString();
    }

    private static InputStream slow(byte[] bytes, int readAtOnce) {
        return new ByteArrayInputStream(bytes) {
            @Override
            public int read(byte[] into, int from, int count) {
                return super.read(into, from, Math.min(count, readAtOnce));
            }
        };
    }
}
