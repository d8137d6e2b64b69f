package io.longrope.search.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * Drivers, workers and commands of one Kafka need not be of one build. Each says with every message, in a header, which version of the
 * messages it knows. The rules:
 *
 * <ul>
 * <li>What a new version adds to a message may be left out, and means then what the older version meant.</li>
 * <li>A program passes over what it does not know in messages of newer programs.</li>
 * <li>A worker answers the way the driver that asked can read.</li>
 * <li>A form that older programs would misread carries its version as the schema, and they refuse it and say who is to be upgraded:
 *     a worker puts the task back for others and ends.</li>
 * </ul>
 *
 * Version 1 had no header, and refused what it did not know. Version 2 added the seconds of attempts, version 3 to
 * the events of jobs what searches tried, version 4 to score tasks that their gradient may be asked for: such tasks carry its schema.
 */
final class MessageVersion {

    /** Of this program. */
    static final int CURRENT = 4;
    /** From which on attempts say how long they took. */
    static final int ATTEMPTS_TAKE_TIME = 2;

    /** From which on a score task may ask for its gradient: an older worker would answer another question. */
    static final int GRADIENTS = 4;

    private static final int WITHOUT_HEADER = 1;
    private static final String HEADER = "longrope-messages";
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,5}");

    private MessageVersion() {
    }

    /** What a message of this program carries. */
    static Header header() {
        return new RecordHeader(HEADER, Integer.toString(CURRENT).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The version of the program that wrote a message.
     *
     * @throws BadInput when its header is no version
     */
    static int of(ConsumerRecord<byte[], byte[]> message) {
        var header = message.headers().lastHeader(HEADER);
        if (header == null) {
            return WITHOUT_HEADER;
        }
        var text = header.value() == null ? "" : new String(header.value(), StandardCharsets.US_ASCII);
        Require.that(NUMBER.matcher(text).matches(), "message header " + HEADER, "must be a version", Messages.brief(text));
        return Integer.parseInt(text);
    }

    /** Whether a newer program wrote a message: one that cannot be read here is not to be thrown away then. */
    static boolean isNewer(ConsumerRecord<byte[], byte[]> message) {
        try {
            return of(message) > CURRENT;
        } catch (BadInput e) {
            return false;
        }
    }

    /**
     * @param schema of a message
     * @throws BadInput when it is none, or only newer programs understand the message
     */
    static void requireUnderstood(JsonNode schema) {
        Require.that(schema.isInt() && schema.intValue() >= 1, "message.schema", "must be 1 or more", Messages.brief(schema.asText()));
        if (schema.intValue() > CURRENT) {
            throw new BadInput("message.schema", "must be at most " + CURRENT + " for this longrope", schema.intValue(),
                    "upgrade this one: those that write such messages are newer");
        }
    }
}
