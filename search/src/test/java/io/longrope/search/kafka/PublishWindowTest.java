package io.longrope.search.kafka;

import io.longrope.search.evaluation.Evaluation;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

import static io.longrope.search.evaluation.SampleEvaluations.evaluation;
import static org.assertj.core.api.Assertions.assertThat;

class PublishWindowTest {

    private final List<Evaluation> published = new ArrayList<>();
    private final PublishWindow window = new PublishWindow(published::add, 2);

    @Test
    void onlySoManyAreQueuedAndEachAnswerLetsTheNextIn() {
        IntStream.rangeClosed(1, 5).forEach(i -> window.add(evaluation(i)));
        assertThat(published).containsExactly(evaluation(1), evaluation(2));
        window.remove(evaluation(2).id());
        assertThat(published).endsWith(evaluation(3)).hasSize(3);
        // answered by another job's asking: never queued by this one
        window.remove(evaluation(4).id());
        assertThat(window.isWaiting(evaluation(4).id())).isFalse();
        assertThat(window.isWaiting(evaluation(5).id())).isTrue();
        window.resize(3);
        assertThat(published).containsExactly(evaluation(1), evaluation(2), evaluation(3), evaluation(5));
    }

    @Test
    void clearedItStartsAnew() {
        IntStream.rangeClosed(1, 3).forEach(i -> window.add(evaluation(i)));
        window.clear();
        window.remove(evaluation(1).id());
        assertThat(published).hasSize(2);
        window.add(evaluation(9));
        assertThat(published).endsWith(evaluation(9));
    }
}
