package io.longrope.search.work;

import io.longrope.search.problem.BadInput;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EvaluationMeterTest {

    @Test
    void countsWhatIsDoneAndShowsWhatIsUnderWay() throws InterruptedException {
        var meters = new EvaluationMeter[1];
        meters[0] = new EvaluationMeter(evaluation -> {
            assertThat(meters[0].read().current()).contains(evaluation.id());
            return evaluation.equals(evaluation(3)) ? Score.givenUp(evaluation.id(), "why", "w") : score(evaluation);
        });
        for (int i = 1; i <= 3; i++) {
            meters[0].evaluate(evaluation(i));
        }
        var reading = meters[0].read();
        assertThat(reading.current()).isEqualTo(Optional.empty());
        assertThat(reading.scores()).isEqualTo(Map.of(Score.Outcome.COMPLETE, 2L, Score.Outcome.GIVEN_UP, 1L));
        assertThat(reading.evaluations()).isEqualTo(3);
        assertThat(reading.tokens()).isEqualTo(2 * evaluation(1).tokens());
        assertThat(reading.tokensPerSecond()).isEqualTo(2 * evaluation(1).tokens() / 1.0);
    }

    @Test
    void refusalsAndFailuresAreToldApart() {
        var refusing = new EvaluationMeter(evaluation -> {
            throw new BadInput("model", "must be there", "missing", "");
        });
        var failing = new EvaluationMeter(evaluation -> {
            throw new IllegalStateException("out of memory");
        });
        assertThatThrownBy(() -> refusing.evaluate(evaluation(1))).isInstanceOf(BadInput.class);
        assertThatThrownBy(() -> failing.evaluate(evaluation(1))).isInstanceOf(IllegalStateException.class);
        assertThat(refusing.read()).isEqualTo(new EvaluationMeter.Reading(Optional.empty(), Map.of(), 0, 0, 1, 0));
        assertThat(failing.read()).isEqualTo(new EvaluationMeter.Reading(Optional.empty(), Map.of(), 0, 0, 0, 1));
        assertThat(failing.read().tokensPerSecond()).isZero();
    }
}
