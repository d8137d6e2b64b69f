package io.longrope.evaluator.training.internal;

import io.longrope.evaluator.text.ByteLevelTokenizer;
import io.longrope.evaluator.text.TokenFile;
import io.longrope.search.training.SequenceSettings;
import io.longrope.search.training.SequenceSettings.Positions;
import io.longrope.search.problem.BadInput;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HashSet;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BatchesTest {

    private static final int START = 9999;

    /** Documents of 3, 0, 40 and 7 tokens; a token tells its document and its place there. */
    private static TokenFile text() {
        return TokenFile.of(IntStream.range(0, 4)
                .mapToObj(document -> IntStream.range(0, new int[] {3, 0, 40, 7}[document]).map(i -> 100 * document + i).toArray())
                .toList());
    }

    private static Batches batches(SequenceSettings settings) {
        return new Batches(text(), OptionalInt.of(START), ByteLevelTokenizer.coding(), settings, 5);
    }

    @Property(tries = 300)
    void poseKeepsChunksTogetherBelowTheTarget(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int length,
                                               @ForAll @IntRange(min = 0, max = 500) int beyond,
                                               @ForAll @IntRange(min = 1, max = 40) int chunks) {
        int pieces = Math.min(chunks, length);
        var positions = PositionDraw.pose(new SplittableRandom(seed), length, length + beyond, pieces);
        assertThat(positions).hasSize(length).startsWith(0);
        assertThat(positions[length - 1]).isLessThan(length + beyond);
        int gaps = 0;
        for (int t = 1; t < length; t++) {
            assertThat(positions[t]).isGreaterThan(positions[t - 1]);
            gaps += positions[t] > positions[t - 1] + 1 ? 1 : 0;
        }
        assertThat(gaps).isLessThan(pieces);
    }

    @Property(tries = 300)
    void randomPositionsAscendBelowTheTarget(@ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int length,
            @ForAll @IntRange(min = 0, max = 500) int beyond) {
        var positions = PositionDraw.ascending(new SplittableRandom(seed), length, length + beyond);
        assertThat(positions).hasSize(length).isSorted().doesNotHaveDuplicates();
        assertThat(positions[0]).isNotNegative();
        assertThat(positions[length - 1]).isLessThan(length + beyond);
    }

    @Test
    void skipsReachTheWholeTarget() {
        var ends = new HashSet<Double>();
        var borders = new HashSet<Integer>();
        for (int seed = 0; seed < 2000; seed++) {
            var positions = PositionDraw.pose(new SplittableRandom(seed), 6, 16, 2);
            ends.add(positions[5]);
            for (int t = 1; t < 6; t++) {
                if (positions[t] > positions[t - 1] + 1) {
                    borders.add(t);
                }
            }
        }
        assertThat(ends).hasSize(11).contains(5.0, 15.0);
        assertThat(borders).containsExactlyInAnyOrder(1, 2, 3, 4, 5);
    }

    @Test
    void theWindowsAreTheSameWhateverThePositions() {
        var plain = batches(SequenceSettings.contiguous(20)).at(3, 4);
        var pose = batches(new SequenceSettings(20, 100, Positions.POSE, 2, 0, 8, 0)).at(3, 4);
        var mixed = batches(new SequenceSettings(20, 20, Positions.CONTIGUOUS, 1, 0.5, 8, 0)).at(3, 4);
        for (int i = 0; i < 4; i++) {
            assertThat(plain.get(i).isPlain()).isTrue();
            assertThat(pose.get(i).inputs()).isEqualTo(plain.get(i).inputs());
            assertThat(pose.get(i).targets()).isEqualTo(plain.get(i).targets());
            assertThat(pose.get(i).positions()).hasSize(20);
            if (mixed.get(i).rescaled()) {
                assertThat(mixed.get(i).inputs()).isEqualTo(plain.get(i).inputs());
            }
        }
        assertThat(batches(new SequenceSettings(20, 100, Positions.POSE, 2, 0, 8, 0)).at(3, 4)).usingRecursiveComparison().isEqualTo(pose);
        assertThat(batches(SequenceSettings.contiguous(20)).at(4, 4).get(0).inputs()).isNotEqualTo(plain.get(0).inputs());
    }

    @Test
    void shortSequencesArePackedDocuments() {
        var batches = batches(new SequenceSettings(20, 20, Positions.CONTIGUOUS, 1, 0.5, 8, 0));
        var sequences = IntStream.range(0, 50).boxed().flatMap(step -> batches.at(step, 4).stream()).toList();
        var packed = sequences.stream().filter(sequence -> !sequence.rescaled()).toList();
        assertThat(packed).hasSizeBetween(70, 130);
        var documents = new HashSet<Integer>();
        for (var sequence : packed) {
            assertThat(Arrays.stream(sequence.documents()).sum()).isEqualTo(20);
            int from = 0;
            for (int count : sequence.documents()) {
                assertThat(count).isBetween(1, 8);
                assertThat(sequence.inputs()[from]).isEqualTo(START);
                for (int t = 0; t < count; t++) {
                    assertThat(sequence.positions()[from + t]).isEqualTo(t);
                    if (t + 1 < count) {
                        assertThat(sequence.targets()[from + t]).isEqualTo(sequence.inputs()[from + t + 1]);
                    }
                    if (t > 1) {
                        assertThat(sequence.inputs()[from + t]).isEqualTo(sequence.inputs()[from + t - 1] + 1);
                    }
                    documents.add(sequence.inputs()[from + t] / 100);
                }
                from += count;
            }
            assertThat(Arrays.stream(sequence.targets()).filter(target -> target == Sequence.IGNORED)).isNotEmpty();
        }
        assertThat(documents).containsExactlyInAnyOrder(0, 2, 3, START / 100);
    }

    @Test
    void aShareOfTheSequencesIsInvented() {
        var settings = new SequenceSettings(32, 100, Positions.POSE, 2, 0, 8, 0.25);
        var sequences = IntStream.range(0, 100).boxed().flatMap(step -> batches(settings).at(step, 4).stream()).toList();
        assertThat(sequences).allSatisfy(sequence -> assertThat(sequence.positions()).hasSize(32));
        assertThat(sequences.stream().filter(sequence -> IntStream.of(sequence.targets()).anyMatch(target -> target == Sequence.IGNORED)))
                .hasSizeBetween(50, 125);
        assertThat(batches(settings).at(3, 4)).usingRecursiveComparison().isEqualTo(batches(settings).at(3, 4));
        assertThatThrownBy(() -> new SequenceSettings(32, 32, Positions.CONTIGUOUS, 1, 0, 8, 1)).isInstanceOf(BadInput.class)
                .hasMessage("retrieval-share must be at least 0 and below 1, but was 1.0");
    }

    @Test
    void textThatIsTooShortIsRefused() {
        assertThatThrownBy(() -> batches(SequenceSettings.contiguous(60))).isInstanceOf(BadInput.class)
                .hasMessage("training text must have more than 61 tokens, but was 50; give more text or a shorter length");
        assertThatThrownBy(() -> new SequenceSettings(8, 16, Positions.CONTIGUOUS, 1, 0, 8, 0)).isInstanceOf(BadInput.class);
    }
}
