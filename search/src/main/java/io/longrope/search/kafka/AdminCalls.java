package io.longrope.search.kafka;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Waiting for Kafka's admin client, which wraps every failure once. */
final class AdminCalls {

    private static final int TRIES = 100;
    private static final long PAUSE_MILLIS = 100;

    private AdminCalls() {
    }

    static <T> T get(KafkaFuture<T> future) {
        return get(future, Long.MAX_VALUE, () -> { });
    }

    /** @param onSilence run once where there is no answer within so many milliseconds; the wait goes on */
    static <T> T get(KafkaFuture<T> future, long quietMillis, Runnable onSilence) {
        try {
            return future.get(quietMillis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            onSilence.run();
            return get(future);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e.getCause());
        }
    }

    /** Tries again for some ten seconds: a topic just created is not known everywhere at once. */
    static <T> T retried(Supplier<T> call) {
        for (int left = TRIES; ; left--) {
            try {
                return call.get();
            } catch (RetriableException e) {
                if (left == 0) {
                    throw e;
                }
                Threads.sleep(PAUSE_MILLIS);
            }
        }
    }
}
