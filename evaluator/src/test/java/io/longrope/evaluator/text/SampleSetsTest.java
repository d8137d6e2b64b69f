package io.longrope.evaluator.text;

import io.longrope.search.work.SampleShare;
import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SampleSetsTest {

    private static final OptionalInt BOS = OptionalInt.of(999);

    @TempDir
    Path directory;
    private Tokenizer tokenizer;
    private SampleSets samples;

    @BeforeEach
    void openRoot() {
        tokenizer = Tokenizer.of(directory, 1000);
        samples = new SampleSets(Root.of(directory, "--data"), TokenStore.at(directory.resolve("tokens")));
    }

    @Test
    void sharesAreDisjointAndSamplesDoNotOverlap() throws IOException {
        writeDocuments(0, 900);
        var seen = new HashSet<Integer>();

        for (var share : SampleShare.values()) {
            var set = samples.cut(tokenizer, BOS, "text.jsonl", share, 10, 31, 7);
            assertThat(set.count()).isEqualTo(10);
            assertThat(set.length()).isEqualTo(31);
            for (int i = 0; i < 10; i++) {
                var sample = set.sample(i);
                assertThat(sample[0]).isEqualTo(999);
                for (int j = 1; j < sample.length; j++) {
                    assertThat(seen.add(sample[j])).as("token %d only once", sample[j]).isTrue();
                    assertThat(j == 1 || sample[j] == sample[j - 1] + 1).isTrue();
                    assertThat(sample[j] / 300).isEqualTo(share.ordinal());
                }
            }
        }
        assertThat(seen).hasSize(900);
    }

    @Test
    void sameSeedSameSamplesAndFewerAreTheFirstOfMore() throws IOException {
        writeDocuments(0, 900);

        var five = cut(5, 11, 7);
        var fresh = new SampleSets(Root.of(directory, "--data"), TokenStore.at(directory.resolve("tokens")))
                .cut(tokenizer, BOS, "text.jsonl", SampleShare.SEARCH, 5, 11, 7);

        assertThat(fresh.fingerprint()).isEqualTo(five.fingerprint());
        assertThat(cut(9, 11, 7).sample(4)).isEqualTo(five.sample(4));
        assertThat(cut(5, 11, 8).fingerprint()).isNotEqualTo(five.fingerprint());
        assertThat(fresh.sample(3)).isEqualTo(five.sample(3));
    }

    @Test
    void withoutAStartTokenASampleIsTextAlone() throws IOException {
        writeDocuments(0, 900);

        var sample = samples.cut(tokenizer, OptionalInt.empty(), "text.jsonl", SampleShare.SEARCH, 1, 300, 1).sample(0);

        assertThat(sample).isEqualTo(IntStream.range(0, 300).toArray());
    }

    @Test
    void samplesLieWithinDocumentsAndThirdsEndWithDocumentsNearby() throws IOException {
        writeDocuments(0, 100, 320, 330, 610, 700, 900);

        var search = samples.cut(tokenizer, BOS, "text.jsonl", SampleShare.SEARCH, 3, 101, 1);
        var selection = samples.cut(tokenizer, BOS, "text.jsonl", SampleShare.SELECTION, 2, 101, 1);

        // documents [0, 100) and [100, 320): the third's border moved from 300 to 320, room for 1 + 2 samples
        assertThat(firsts(search).stream().filter(first -> first == 0)).hasSize(1);
        assertThat(firsts(search).stream().filter(first -> first >= 100 && first <= 220)).hasSize(2);
        assertThat(firsts(selection)).allMatch(first -> first >= 330 && first <= 510);
    }

    @Test
    void documentsTooShortAreReadAsOneText() throws IOException {
        writeDocuments(IntStream.rangeClosed(0, 90).map(i -> 10 * i).toArray());

        assertThat(firsts(cut(2, 151, 1))).containsExactlyInAnyOrder(0, 150);
    }

    @Test
    void saysHowMuchTextIsMissing() throws IOException {
        writeDocuments(0, 900);

        assertThatThrownBy(() -> cut(4, 101, 1)).isInstanceOf(BadInput.class)
                .hasMessage("text.jsonl must hold 4 samples of 100 tokens in its search share (a third of it), 400 tokens, "
                        + "but was 300 tokens, room for 3; give a longer text, fewer samples or a shorter length");
    }

    /** As they were when texts were read whole (7e1dbe1): scores of old runs belong to these samples. */
    @ParameterizedTest
    @CsvSource({
        "text/held-out/commons-io-sources.jar, SEARCH, 257, c049b1c6588d0af259618cf4b1a78f565198f4d73c13c33088a357ab89c8249c",
        "text/held-out/commons-io-sources.jar, REPORT, 4096, a01e7ea2a541c8a0421e74418f86cb3299adcc69dfaae92794e1bd10642f8b34",
        "text/training, SELECTION, 257, b47927df6ae260e3ff124172b9511570715602cae54554d29c1c62b374f2134e",
        "text/training, REPORT, 4096, bb9d0d3cd4d2c97d4449a69e16493f1d40e49abce3bc54e7f5fbea5831b43abd",
    })
    void realTextGivesTheSamplesItAlwaysGave(String text, SampleShare share, int length, String fingerprint) throws IOException {
        for (var file : ByteLevelTokenizer.files().entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        var sets = new SampleSets(Root.of(Path.of("target"), "--data"), TokenStore.at(directory.resolve("tokens")));
        try (var bytes = Tokenizer.of(directory, ByteLevelTokenizer.VOCAB_SIZE)) {
            var samples = sets.cut(bytes, OptionalInt.of(ByteLevelTokenizer.BOS), text, share, 5, length, 7);
            assertThat(samples.fingerprint()).isEqualTo(fingerprint);
        }
    }

    @Test
    void opensNothingOutsideItsRoot() throws IOException {
        var root = Files.createDirectories(directory.resolve("root/inner"));
        Files.writeString(root.resolveSibling("inside.txt"), "x");
        Files.writeString(directory.resolve("secret.txt"), "x");
        Files.createSymbolicLink(root.resolve("link.txt"), directory.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("good.txt"), root.resolveSibling("inside.txt"));
        var data = Root.of(directory.resolve("root"), "--data");

        assertThat(data.resolve("inner/good.txt")).isEqualTo(data.directory().resolve("inside.txt"));
        assertThat(data.relativize(root.resolve("good.txt"))).isEqualTo("inside.txt");
        for (var path : new String[] {"../secret.txt", "inner/../../secret.txt", directory.resolve("secret.txt").toString(),
                "inner/link.txt",
                "", ".", "..", "inner/..", "none.txt", "a\0b"}) {
            assertThatThrownBy(() -> data.resolve(path)).as(path).isInstanceOf(BadInput.class);
        }
        assertThatThrownBy(() -> Root.of(directory.resolve("none"), "--data")).isInstanceOf(BadInput.class)
                .hasMessageContaining("--data must be a directory");
    }

    private SampleSet cut(int count, int length, long seed) {
        return samples.cut(tokenizer, BOS, "text.jsonl", SampleShare.SEARCH, count, length, seed);
    }

    private static List<Integer> firsts(SampleSet set) {
        return IntStream.range(0, set.count()).mapToObj(i -> set.sample(i)[1]).toList();
    }

    /** Token i of the corpus is i, documents begin at the given positions. */
    private void writeDocuments(int... borders) throws IOException {
        var lines = IntStream.range(1, borders.length)
                .mapToObj(i -> "{\"tokens\":" + Arrays.toString(IntStream.range(borders[i - 1], borders[i]).toArray()) + "}")
                .collect(Collectors.joining("\n"));
        Files.writeString(directory.resolve("text.jsonl"), lines);
    }
}
