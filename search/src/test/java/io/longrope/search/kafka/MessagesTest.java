package io.longrope.search.kafka;

import io.longrope.search.work.Attempt;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.Result;
import io.longrope.search.work.SampleTasks;
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
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

class MessagesTest {

    private static final Result RESULT = SampleTasks.result(SampleTasks.task(1), 0.1 + 0.2);
    private static final byte[] DELIVERY = TaskMessages.write(new Delivery("d1", "job", "run", List.of(SampleTasks.task(1)), Set.of("a"),
            true));
    private static final byte[] ATTEMPT = TaskMessages.write(new Attempt(RESULT.id(), "d1", "a", Attempt.Kind.FAILED, "why",
            Optional.of(new Attempt.Memory(2, 1)), 3, 1.5, Instant.EPOCH), MessageVersion.CURRENT);
    private static final Map<String, Class<?>> BODIES = Map.of("delivery", Delivery.class, "result", Result.class, "attempt", Attempt.class,
            "withdrawal", TaskMessages.Withdrawal.class, "event", JobEvent.class);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '§', textBlock = """
            §§                                                  | must be a JSON object
            hello                                               | must be a valid result
            []                                                  | must be a JSON object
            {}                                                  | message.schema must be 1 or more
            {"schema":5,"type":"result","body":{}}               | message.schema must be at most 4 for this longrope, but was 5; upgrade
            {"schema":1,"type":"delivery","body":{}}          | message.type must be result, but was delivery
            {"schema":1,"type":"result"}                         | must have the fields schema, type and body only
            {"schema":1,"type":"result","body":[]}               | message.body must be a JSON object
            {"schema":1,"type":"result","body":{}}               | must be a valid result
            {"schema":1,"type":"result","body":{"extra":1}}      | must be a valid result
            {"schema":1,"type":"result","body":{},"more":1}      | must have the fields schema, type and body only
            {"schema":1,"schema":1,"type":"result","body":{}}    | must be a valid result
            {"schema":1,"type":"result","body":{}} {}            | must be a valid result
            """)
    void whatIsNoResultIsRefused(String text, String problem) {
        assertThatThrownBy(() -> Messages.read(text.getBytes(StandardCharsets.UTF_8), MessageVersion.CURRENT, "result", Result.class))
                .isInstanceOf(BadInput.class).hasMessageContaining(problem).hasMessageNotContaining("\n");
    }

    @Test
    void enormousMessageIsRefusedUnread() {
        assertThatThrownBy(() -> Messages.read(new byte[Messages.MAX_BYTES + 1], MessageVersion.CURRENT, "result", Result.class))
                .isInstanceOf(BadInput.class).hasMessageContaining("must be at most 1048576 bytes, but was 1048577");
    }

    @Test
    void deeplyNestedMessageIsRefused() {
        var deep = "[".repeat(100_000).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Messages.read(deep, MessageVersion.CURRENT, "result", Result.class))
                .isInstanceOf(BadInput.class);
    }

    @ParameterizedTest
    @CsvSource({"NaN", "'\"NaN\"'", "-1", "0", "null", "'\"x\"'", "-1e999", "[1]"})
    void factorThatIsNoFactorIsRefused(String factor) {
        var text = new String(DELIVERY, StandardCharsets.UTF_8).replace("[1.0,1.01]", "[1.0," + factor + "]");
        assertThat(text).contains(factor).doesNotContain("[1.0,1.01]");
        var outcome = catchThrowable(
                () -> Messages.read(text.getBytes(StandardCharsets.UTF_8), MessageVersion.CURRENT, "delivery", Delivery.class));
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
        return Arbitraries.of(DELIVERY, ATTEMPT, TaskMessages.write(RESULT), TaskMessages.write(new TaskMessages.Withdrawal("run")));
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
        BODIES.forEach((type, body) -> {
            try {
                assertThat(Messages.read(bytes, MessageVersion.CURRENT, type, body)).isNotNull();
            } catch (BadInput e) {
                assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(500);
            }
        });
    }
}
