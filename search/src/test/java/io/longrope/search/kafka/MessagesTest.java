package io.longrope.search.kafka;

import io.longrope.search.work.SampleEvaluations;
import io.longrope.search.work.Score;
import io.longrope.search.job.JobEvent;
import io.longrope.search.problem.BadInput;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

class MessagesTest {

    private static final EvaluationMessage MESSAGE = EvaluationMessage.of(SampleEvaluations.evaluation(1)).withDeliveries(2)
            .refusedBy("worker-a", "no such checkpoint");

    @Test
    void evaluationComesBackAsItWas() {
        assertThat(EvaluationMessage.read(MESSAGE.write())).isEqualTo(MESSAGE);
    }

    @Test
    void scoreComesBackAsItWas() {
        var score = SampleEvaluations.score(SampleEvaluations.evaluation(1), 0.1 + 0.2);
        assertThat(Messages.read(Messages.write("score", score), "score", Score.class)).isEqualTo(score);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', textBlock = """
            §§                                                  | must be a JSON object
            hello                                               | must be a valid score
            []                                                  | must be a JSON object
            {}                                                  | message.schema must be 1
            {"schema":2,"type":"score","body":{}}               | message.schema must be 1, but was 2
            {"schema":1,"type":"evaluation","body":{}}          | message.type must be score, but was evaluation
            {"schema":1,"type":"score"}                         | must have the fields schema, type and body only
            {"schema":1,"type":"score","body":[]}               | message.body must be a JSON object
            {"schema":1,"type":"score","body":{}}               | must be a valid score
            {"schema":1,"type":"score","body":{"extra":1}}      | must be a valid score
            {"schema":1,"type":"score","body":{},"more":1}      | must have the fields schema, type and body only
            {"schema":1,"schema":1,"type":"score","body":{}}    | must be a valid score
            {"schema":1,"type":"score","body":{}} {}            | must be a valid score
            """)
    void whatIsNoScoreIsRefused(String text, String problem) {
        assertThatThrownBy(() -> Messages.read(text.getBytes(StandardCharsets.UTF_8), "score", Score.class))
                .isInstanceOf(BadInput.class).hasMessageContaining(problem).hasMessageNotContaining("\n");
    }

    @Test
    void enormousMessageIsRefusedUnread() {
        assertThatThrownBy(() -> Messages.read(new byte[Messages.MAX_BYTES + 1], "score", Score.class))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be at most 1048576 bytes, but was 1048577");
    }

    @Test
    void deeplyNestedMessageIsRefused() {
        assertThatThrownBy(() -> Messages.read("[".repeat(100_000).getBytes(StandardCharsets.UTF_8), "score", Score.class))
                .isInstanceOf(BadInput.class);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "'\"NaN\"'", "-1", "0", "null", "'\"x\"'", "-1e999", "[1]"})
    void factorThatIsNoFactorIsRefused(String factor) {
        var text = new String(MESSAGE.write(), StandardCharsets.UTF_8).replace("[1.0,1.01]", "[1.0," + factor + "]");
        assertThat(text).contains(factor);
        var outcome = catchThrowable(() -> EvaluationMessage.read(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(outcome).isInstanceOf(BadInput.class);
    }

    /** Whatever the bytes, reading gives a valid message or one clear refusal. */
    @Property(tries = 500)
    void anyBytesAreReadOrRefused(@ForAll @Size(max = 300) byte[] bytes) {
        readOrRefuse(bytes);
    }

    @Property(tries = 2000)
    void mutatedMessagesAreReadOrRefused(@ForAll("messages") byte[] message, @ForAll @IntRange(min = 0, max = 10_000) int position,
                                         @ForAll byte value, @ForAll @IntRange(min = 0, max = 3) int way) {
        readOrRefuse(mutated(message, position % message.length, value, way));
    }

    @Provide
    Arbitrary<byte[]> messages() {
        var score = SampleEvaluations.score(SampleEvaluations.evaluation(3));
        return Arbitraries.of(MESSAGE.write(), Messages.write("score", score));
    }

    private static byte[] mutated(byte[] message, int position, byte value, int way) {
        var copy = message.clone();
        switch (way) {
            case 0 -> copy[position] = value;
            case 1 -> copy[position] ^= (byte) (1 << (value & 7));
            case 2 -> copy = Arrays.copyOf(copy, position);
            default -> System.arraycopy(message, 0, copy, position, message.length - position);
        }
        return copy;
    }

    private static void readOrRefuse(byte[] bytes) {
        for (var body : new Class<?>[] {EvaluationMessage.class, Score.class, JobEvent.class}) {
            var type = body == EvaluationMessage.class ? "evaluation" : body == Score.class ? "score" : "event";
            try {
                assertThat(Messages.read(bytes, type, body)).isNotNull();
            } catch (BadInput e) {
                assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(500);
            }
        }
    }
}
