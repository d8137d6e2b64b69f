package io.longrope.evaluator.training.internal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class MicroBatchesTest {

    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    /** Indices that are being computed. */
    private final Set<Integer> underWay = ConcurrentHashMap.newKeySet();
    private final CountDownLatch begun = new CountDownLatch(1);

    @AfterEach
    void close() {
        threads.shutdownNow();
    }

    @Test
    void resultsComeInTheirOrder() {
        var seen = new ArrayList<Integer>();
        try (var batches = new MicroBatches<>(threads, 2, 7, i -> i)) {
            batches.forEachRemaining(seen::add);
        }

        assertThat(seen).isEqualTo(List.of(0, 1, 2, 3, 4, 5, 6));
    }

    @Test
    void aFailureWaitsForThoseUnderWay() {
        assertThatThrownBy(() -> {
            try (var batches = new MicroBatches<>(threads, 2, 4, i -> i == 0 ? failing() : slow(i))) {
                batches.next();
            }
        }).isInstanceOf(IllegalStateException.class).hasMessage("the first failed").hasNoSuppressedExceptions();
        assertThat(underWay).isEmpty();
    }

    /** Their tensors are in a scope of the caller's, which closes after them. */
    @Test
    void whoTakesTheResultsMayFailToo() {
        assertThatThrownBy(() -> {
            try (var batches = new MicroBatches<>(threads, 2, 4, i -> i == 0 ? i : slow(i))) {
                batches.next();
                begun.await();
                throw new IllegalArgumentException("no memory for the sum");
            }
        }).isInstanceOf(IllegalArgumentException.class);
        assertThat(underWay).isEmpty();
    }

    private int failing() {
        try {
            begun.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("the first failed");
    }

    private int slow(int index) {
        underWay.add(index);
        begun.countDown();
        try {
            TimeUnit.MILLISECONDS.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        underWay.remove(index);
        return index;
    }
}
