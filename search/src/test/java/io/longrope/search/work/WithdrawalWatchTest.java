package io.longrope.search.work;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

class WithdrawalWatchTest {

    @Test
    void interruptsOnlyWorkNobodyWaitsFor() throws InterruptedException {
        var interrupted = new CountDownLatch(1);
        var wanted = new CountDownLatch(1);
        var working = new Thread(() -> {
            try (var watch = new WithdrawalWatch(Thread.currentThread())) {
                watch.begin(() -> false);
                wanted.await();
                assertThat(watch.end()).isFalse();
                watch.begin(() -> true);
                TimeUnit.HOURS.sleep(1);
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
        });
        working.start();
        assertThat(interrupted.await(1, TimeUnit.SECONDS)).isFalse();
        wanted.countDown();
        assertThat(interrupted.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void workersOfOneProcessNeedNoThreadEach() throws InterruptedException {
        var watches = new ArrayList<WithdrawalWatch>();
        var looked = new CountDownLatch(50);
        try {
            for (int i = 0; i < 50; i++) {
                var watch = new WithdrawalWatch(new Thread());
                watch.begin(() -> {
                    looked.countDown();
                    return false;
                });
                watches.add(watch);
            }
            assertThat(looked.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Thread.getAllStackTraces().keySet()).filteredOn(thread -> thread.getName().equals("withdrawals")).hasSize(1);
        } finally {
            watches.forEach(WithdrawalWatch::close);
        }
    }
}
