package io.longrope.search.kafka;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.longrope.search.json.Json;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.problem.Require;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The form of every message: a JSON object with the schema version, what the body is, and the body.
 * <pre>{@code {"schema":1,"type":"score","body":{...}}}</pre>
 * Reading trusts nothing. The schema is the oldest version of a program that understands the message, see {@link MessageVersion}; beside
 * the message stands the version of the program that wrote it.
 */
final class Messages {

    /** Of the forms that programs of version 1 can read. */
    static final int SCHEMA = 1;

    /** A plan with per-layer factors of a large model stays far below this. Readers refuse more. */
    static final int MAX_BYTES = 1 << 20;

    /** Kafka's own limits, 1 MiB by default for a request and a batch, count key, headers and frame too. */
    static final int LARGEST_WRITTEN = MAX_BYTES - (1 << 12);

    private Messages() {
    }

    static byte[] write(String type, Object body) {
        return write(SCHEMA, type, body);
    }

    /** @param schema the oldest version of a program that understands it */
    static byte[] write(int schema, String type, Object body) {
        var envelope = Json.mapper().createObjectNode();
        envelope.put("schema", schema);
        envelope.put("type", type);
        envelope.set("body", Json.mapper().valueToTree(body));
        return Json.write(envelope).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The message itself.
     *
     * @param name what it holds
     * @throws BadInput when it is so large that a broker with default limits, or a reader, would refuse it
     */
    static byte[] fitting(String name, byte[] message) {
        Require.that(message.length <= LARGEST_WRITTEN, name, "must be at most " + LARGEST_WRITTEN + " bytes", message.length);
        return message;
    }

    /**
     * When a message was written: by the clock of the broker, which all share, where its topic is dated so.
     *
     * @param said by whoever wrote it, whose clock may be hours off
     */
    static Instant heardAt(ConsumerRecord<byte[], byte[]> message, Instant said) {
        return message.timestampType() == TimestampType.LOG_APPEND_TIME ? Instant.ofEpochMilli(message.timestamp()) : said;
    }

    /** @throws BadInput when the bytes are anything but a message of this type and of a version understood here whose body is valid */
    static <T> T read(ConsumerRecord<byte[], byte[]> message, String type, Class<T> body) {
        return read(message.value(), MessageVersion.of(message), type, body);
    }

    /**
     * What this program does not know is refused, unless a newer one wrote it: that one may add what older ones need not know.
     *
     * @param version of the program that wrote it
     */
    static <T> T read(byte[] bytes, int version, String type, Class<T> body) {
        Require.that(bytes != null, "message", "must have a value", "missing");
        Require.that(bytes.length <= MAX_BYTES, "message", "must be at most " + MAX_BYTES + " bytes", bytes.length);
        boolean newer = version > MessageVersion.CURRENT;
        try {
            var envelope = Json.mapper().readTree(bytes);
            Require.that(envelope != null && envelope.isObject(), "message", "must be a JSON object", "something else");
            MessageVersion.requireUnderstood(envelope.path("schema"));
            var found = envelope.path("type").asText();
            Require.that(found.equals(type), "message.type", "must be " + type, brief(found));
            Require.that(newer || envelope.size() == 3, "message", "must have the fields schema, type and body only",
                    Plural.of(envelope.size(), "field"));
            var content = envelope.get("body");
            Require.that(content != null && content.isObject(), "message.body", "must be a JSON object", "something else");
            var reader = Json.mapper().readerFor(body);
            return (newer ? reader.without(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) : reader).readValue(content);
        } catch (BadInput e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new BadInput(new Problem("message", "must be a valid " + type, firstLine(e),
                    newer ? "a longrope of version " + version + " of the messages wrote it: upgrade this one, of version "
                            + MessageVersion.CURRENT : ""), e);
        }
    }

    /** Passes the body on; what is no such message is counted and passed over. */
    static <T> void readOrRefuse(ConsumerRecord<byte[], byte[]> message, String type, Class<T> body, Consumer<T> action) {
        T content;
        try {
            content = read(message, type, body);
        } catch (BadInput e) {
            RefusedMessages.add(message, e);
            return;
        }
        action.accept(content);
    }

    /** Jackson's own message goes on with an excerpt of the source over several lines. */
    private static String firstLine(Exception e) {
        return brief(String.valueOf(e.getMessage()).lines().findFirst().orElse(e.getClass().getSimpleName()));
    }

    static String brief(String text) {
        var printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 200 ? printable : printable.substring(0, 200) + "…";
    }
}
