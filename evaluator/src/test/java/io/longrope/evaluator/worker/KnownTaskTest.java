package io.longrope.evaluator.worker;

import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.MemoryTrial;
import io.longrope.evaluator.session.ModelSession;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class KnownTaskTest {

    @Test
    void aHealthyDeviceComesToTheKnownFigureAlsoAfterItsMemoryRanOut() {
        try (var session = new ModelSession(Device.CPU, ModelSession.Limits.USUAL)) {
            assertThat(new KnownTask(session).get()).isEmpty();
            assertThat(MemoryTrial.refusal(Device.CPU)).hasValueSatisfying(refusal -> assertThat(refusal).contains("memory"));
            assertThat(new KnownTask(session).get()).isEmpty();
        }
    }
}
