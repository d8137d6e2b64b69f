package io.longrope.search.kafka;

import io.longrope.search.work.EvaluationId;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static org.assertj.core.api.Assertions.assertThat;

class PublishWindowTest {

    private static final byte[] MESSAGE = new byte[0];

    private final List<EvaluationId> published = new ArrayList<>();
    private final PublishWindow window = new PublishWindow((id, message) -> published.add(id), 2);

    @Test
    void onlySoManyAreQueuedAndEachAnswerLetsTheNextIn() {
        IntStream.rangeClosed(1, 5).forEach(i -> window.add(id(i), MESSAGE));
        assertThat(published).containsExactly(id(1), id(2));
        window.remove(id(2));
        assertThat(published).endsWith(id(3)).hasSize(3);
        // answered by another job's asking: never queued by this one
        window.remove(id(4));
        assertThat(window.isWaiting(id(4))).isFalse();
        assertThat(window.isWaiting(id(5))).isTrue();
        window.resize(3);
        assertThat(published).containsExactly(id(1), id(2), id(3), id(5));
    }

    @Test
    void clearedItStartsAnew() {
        IntStream.rangeClosed(1, 3).forEach(i -> window.add(id(i), MESSAGE));
        window.clear();
        window.remove(id(1));
        assertThat(published).hasSize(2);
        window.add(id(9), MESSAGE);
        assertThat(published).endsWith(id(9));
    }

    private static EvaluationId id(int number) {
        return evaluation(number).id();
    }
}
