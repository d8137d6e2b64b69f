package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.Result;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskId;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The messages about tasks: deliveries, results, attempts and withdrawals, with their keys. */
final class TaskMessages {

    private static final String DELIVERY = "delivery";
    private static final String RESULT = "result";
    private static final String ATTEMPT = "attempt";
    private static final String WITHDRAWAL = "withdrawal";

    private TaskMessages() {
    }

    /** @param run of a job, whose deliveries nobody waits for any more */
    record Withdrawal(String run) {

        Withdrawal {
            Require.notBlank(run, "withdrawal.run");
        }
    }

    static byte[] write(Delivery delivery) {
        boolean gradients = delivery.tasks().stream().anyMatch(Task::gradient);
        return Messages.fitting("task", Messages.write(gradients ? MessageVersion.GRADIENTS : Messages.SCHEMA, DELIVERY, delivery));
    }

    static byte[] write(Result result) {
        return Messages.fitting("result", Messages.write(RESULT, result));
    }

    /** @param reader version of the driver that is to read it */
    static byte[] write(Attempt attempt, int reader) {
        return Messages.write(ATTEMPT, reader < MessageVersion.ATTEMPTS_TAKE_TIME ? attempt.withoutSeconds() : attempt);
    }

    static byte[] write(Withdrawal withdrawal) {
        return Messages.write(WITHDRAWAL, withdrawal);
    }

    /** Every message with a result has a key of its own, so that compaction never takes a later one for a newer version of the first. */
    static String newKey(Result result) {
        return result.id() + "/" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }

    /** The task whose result has a key; empty where it is no key of a result. */
    static Optional<TaskId> task(String key) {
        try {
            return Optional.of(new TaskId(key.substring(0, Math.max(0, key.indexOf('/')))));
        } catch (BadInput e) {
            return Optional.empty();
        }
    }

    static String key(ConsumerRecord<byte[], byte[]> message) {
        return message.key() == null ? "" : new String(message.key(), StandardCharsets.UTF_8);
    }

    /** @throws BadInput when the message is no delivery */
    static Delivery delivery(ConsumerRecord<byte[], byte[]> message) {
        var delivery = Messages.read(message, DELIVERY, Delivery.class);
        Require.that(delivery.id().equals(key(message)), "delivery", "must have its id as the message's key", key(message));
        return delivery;
    }

    /** Messages without a value were results that came late, and say nothing now. */
    static void readResult(ConsumerRecord<byte[], byte[]> message, Consumer<Result> action) {
        if (message.value() != null) {
            read(message, () -> {
                var result = Messages.read(message, RESULT, Result.class);
                Require.that(key(message).startsWith(result.id() + "/"), "result.id", "must begin the key of its message", result.id());
                return result;
            }, action);
        }
    }

    static void readAttempt(ConsumerRecord<byte[], byte[]> message, Consumer<Attempt> action) {
        read(message, () -> Messages.read(message, ATTEMPT, Attempt.class), action);
    }

    static void readWithdrawal(ConsumerRecord<byte[], byte[]> message, Consumer<Withdrawal> action) {
        read(message, () -> Messages.read(message, WITHDRAWAL, Withdrawal.class), action);
    }

    /** What is no such message is counted and passed over. */
    private static <T> void read(ConsumerRecord<byte[], byte[]> message, Supplier<T> reader, Consumer<T> action) {
        T content;
        try {
            content = reader.get();
        } catch (BadInput e) {
            RefusedMessages.add(message, e);
            return;
        }
        action.accept(content);
    }
}
