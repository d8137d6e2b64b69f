package io.longrope.evaluator.text;

import io.longrope.search.problem.BadInput;
import io.longrope.search.work.SampleShare;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The room that is told before a job begins is the room that cutting samples finds. */
class ShareTextsTest {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void roomIsWhatCanBeCut(long seed) throws IOException {
        var random = new Random(seed);
        var lines = IntStream.range(0, 1 + random.nextInt(12)).mapToObj(document -> IntStream.range(0, 20 + random.nextInt(300))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "{\"tokens\": [", "]}"))).collect(Collectors.joining("\n"));
        Files.writeString(directory.resolve("text.jsonl"), lines);
        try (var tokenizer = Tokenizer.of(directory, 1000)) {
            var samples = new SampleSets(Root.of(directory, "--data"), TokenStore.at(directory.resolve("tokens")));
            var texts = samples.shares(tokenizer, "text.jsonl");
            for (var share : SampleShare.values()) {
                for (int window : new int[] {5, 17, 60}) {
                    int room = (int) texts.room(share, window);
                    if (room > 0) {
                        assertThat(samples.cut(tokenizer, OptionalInt.empty(), "text.jsonl", share, room, window, seed).count())
                                .isEqualTo(room);
                    }
                    assertThatThrownBy(() -> samples.cut(tokenizer, OptionalInt.empty(), "text.jsonl", share, room + 1, window, seed))
                            .isInstanceOf(BadInput.class);
                }
            }
        }
    }
}
