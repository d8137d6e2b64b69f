package io.longrope.search.kafka;

import io.longrope.search.work.Attempt;
import io.longrope.search.work.AttemptLog;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The topic of attempts, read as it grows. */
public final class KafkaAttemptLog implements AttemptLog {

    private static final Duration A_DAY = Duration.ofDays(1);
    private static final int KEPT = 200;

    private final Deque<Attempt> latest = new ArrayDeque<>();
    private final TopicTail tail;

    private KafkaAttemptLog(KafkaSettings settings, Instant now) {
        tail = TopicTail.since(settings, settings.attempts(), now.minus(A_DAY), message -> TaskMessages.readAttempt(message,
                attempt -> add(attempt.heardAt(Messages.heardAt(message, attempt.at())))));
    }

    /** Opens the log that {@link Topics#prepare} made ready. */
    public static KafkaAttemptLog open(KafkaSettings settings, Instant now) {
        return new KafkaAttemptLog(settings, now);
    }

    @Override
    public synchronized List<Attempt> latest() {
        return List.copyOf(latest);
    }

    @Override
    public void close() {
        tail.close();
    }

    private synchronized void add(Attempt attempt) {
        latest.addFirst(attempt);
        if (latest.size() > KEPT) {
            latest.removeLast();
        }
    }
}
