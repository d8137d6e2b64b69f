package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import io.longrope.search.work.SampleShare;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class TokenFileTest {

    @TempDir
    Path directory;

    /** However often the writing process ends, and whatever it had not finished by then. */
    @Property(tries = 100)
    void isTheSameWhereverItWasStopped(@ForAll @Size(max = 6) List<@Size(max = 30) List<@IntRange(min = 0,
            max = 65_535) Integer>> documents,
                                       @ForAll @IntRange(min = 1, max = 7) int piece, @ForAll long seed) throws IOException {
        var place = Files.createTempDirectory("tokens");
        var random = new Random(seed);
        for (int width : new int[] {2, 4}) {
            var whole = place.resolve("whole" + width);
            try (var writer = new TokenFileWriter(whole, width)) {
                write(documents, piece, writer, Integer.MAX_VALUE);
                writer.finish("t", "c");
            }
            var resumed = place.resolve("resumed" + width);
            for (int i = 0; i < 3; i++) {
                try (var writer = new TokenFileWriter(resumed, width)) {
                    write(documents, piece, writer, (int) writer.finished() + random.nextInt(4));
                }
                spoil(resumed, random);
            }
            try (var writer = new TokenFileWriter(resumed, width)) {
                write(documents, piece, writer, Integer.MAX_VALUE);
                writer.finish("t", "c");
            }
            assertThat(resumed).hasSameBinaryContentAs(whole);
            var tokens = TokenFile.open(resumed);
            assertThat(tokens.documents()).isEqualTo(documents.size());
            for (int i = 0; i < documents.size(); i++) {
                int count = (int) (tokens.start(i + 1) - tokens.start(i));
                assertThat(tokens.range(tokens.start(i), count)).isEqualTo(documents.get(i).stream().mapToInt(Integer::intValue).toArray());
            }
            try (var left = Files.list(place)) {
                assertThat(left.filter(file -> file.getFileName().toString().contains("."))).isEmpty();
            }
        }
    }

    private static void write(List<List<Integer>> documents, int piece, TokenFileWriter writer, int pieces) throws IOException {
        int written = 0;
        for (var document : documents) {
            writer.startDocument();
            for (int from = 0; from < document.size(); from += piece) {
                if (written == pieces) {
                    return;
                }
                if (written++ < writer.finished()) {
                    writer.skip();
                } else {
                    writer.append(document.subList(from, Math.min(document.size(), from + piece)).stream().mapToInt(Integer::intValue)
                            .toArray());
                }
            }
        }
    }

    /** As after a loss of power: the last bytes are missing, or others than were written. */
    private static void spoil(Path file, Random random) throws IOException {
        var part = file.resolveSibling(file.getFileName() + ".part");
        try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            switch (random.nextInt(3)) {
                case 0 -> channel.truncate(Math.max(0, channel.size() - 3));
                case 1 -> channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), Math.max(TokenFile.HEADER, channel.size() - 3));
                default -> { }
            }
        }
    }

    @Test
    void refusesWhatIsNoWholeTokenFile() throws IOException {
        var text = Files.writeString(directory.resolve("a.tokens"), "x".repeat(500));
        var empty = Files.writeString(directory.resolve("b.tokens"), "");
        var cut = Files.write(directory.resolve("c.tokens"), TokenFile.header(2, 100, 1, 7, "t", "c"));

        assertThatThrownBy(() -> TokenFile.open(text)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be a token file of version 1");
        assertThatThrownBy(() -> TokenFile.open(empty)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be a token file of version 1");
        assertThatThrownBy(() -> TokenFile.open(cut)).isInstanceOf(BadInput.class)
                .hasMessageContaining("must be a whole token file, but was 168 bytes");
    }

    @Test
    void findsTheDocumentOfAToken() {
        var tokens = TokenFile.of(List.of(new int[3], new int[0], new int[0], new int[4], new int[0]));

        assertThat(IntStream.range(0, 7).mapToLong(tokens::documentAt)).containsExactly(0L, 0L, 0L, 3L, 3L, 3L, 3L);
        assertThatThrownBy(() -> tokens.range(5, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void tellsContentsApart() {
        assertThat(TokenFile.of(List.of(new int[] {1, 2})).fingerprint()).isEqualTo(TokenFile.of(List.of(new int[] {1, 2})).fingerprint())
                .isNotEqualTo(TokenFile.of(List.of(new int[] {1}, new int[] {2})).fingerprint())
                .isNotEqualTo(TokenFile.of(List.of(new int[] {1, 3})).fingerprint());
    }

    /** A file with holes, whose last document begins beyond the 2^31st token and holds 7 at its end. */
    @Test
    void holdsMoreTokensThanAnIntCounts() throws IOException {
        long length = 5_000_000_011L;
        long last = 4_000_000_000L;
        var tokens = TokenFile.open(sparse(length, last));

        assertThat(tokens.length()).isEqualTo(length);
        assertThat(tokens.documentAt(last - 1)).isZero();
        assertThat(tokens.documentAt(length - 1)).isEqualTo(1);
        assertThat(tokens.range(length - 3, 3)).containsExactly(0, 0, 7);
        var starts = ShareWindows.of(tokens, SampleShare.REPORT, 1000).draw(50, 3, "text");
        assertThat(Arrays.stream(starts)).allMatch(start -> start >= length / 3 * 2 && start <= length - 1000).doesNotHaveDuplicates();
        assertThat(Arrays.stream(starts).map(start -> start % 1000).distinct().count()).as("one place in each document").isEqualTo(2);
        // windows so short that there are too many to shuffle
        var many = ShareWindows.of(tokens, SampleShare.SEARCH, 10).draw(2000, 3, "text");
        assertThat(Arrays.stream(many)).hasSize(2000).doesNotHaveDuplicates().allMatch(start -> start >= 0 && start < length / 3);
        assertThat(ShareWindows.of(tokens, SampleShare.SEARCH, 10).draw(20, 3, "text")).isEqualTo(Arrays.copyOf(many, 20));
    }

    @Test
    void drawsAsShufflingAListDoes() {
        var tokens = TokenFile.of(List.of(IntStream.range(0, 3000).toArray()));
        for (int seed = 0; seed < 20; seed++) {
            var random = new Random(seed);
            int first = random.nextInt(1000 % 7 + 1);
            var expected = new ArrayList<>(IntStream.range(0, 1000 / 7).mapToObj(i -> (long) first + 7 * i).toList());
            Collections.shuffle(expected, random);
            assertThat(ShareWindows.of(tokens, SampleShare.SEARCH, 7).draw(30, seed, "text"))
                    .isEqualTo(expected.stream().limit(30).mapToLong(Long::longValue).toArray());
        }
    }

    private Path sparse(long length, long last) throws IOException {
        var file = directory.resolve("sparse.tokens");
        try (var channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(TokenFile.header(2, length, 2, 7, "t", "c")));
            channel.write(ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort((short) 7).flip(),
                    TokenFile.HEADER + 2 * (length - 1));
            channel.write(ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN).putLong(0).putLong(last).putLong(length).flip(),
                    TokenFile.padded(TokenFile.HEADER + 2 * length));
        }
        return file;
    }
}
