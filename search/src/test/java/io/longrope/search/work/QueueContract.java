package io.longrope.search.work;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import static io.longrope.search.work.SampleEvaluations.evaluation;
import static io.longrope.search.work.SampleEvaluations.score;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What every queue keeps to, seen from the driver's end and the workers' ends at once. */
public abstract class QueueContract {

    protected static final int DELIVERY_LIMIT = 3;

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration BRIEFLY = Duration.ofMillis(300);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** A driver's end on the queue of this test; opened anew it finds the journal the others left. */
    protected abstract Evaluations openDriver();

    /** A worker's end on the queue of this test, with {@link #DELIVERY_LIMIT}. */
    protected abstract EvaluationQueue openWorker(String name);

    protected Evaluations driver() {
        return closedAfterwards(openDriver());
    }

    protected EvaluationQueue worker(String name) {
        return closedAfterwards(openWorker(name));
    }

    protected <T extends AutoCloseable> T closedAfterwards(T resource) {
        opened.push(resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    protected static EvaluationQueue.Assignment take(EvaluationQueue queue) throws InterruptedException {
        return queue.take(SOON).orElseThrow(() -> new AssertionError("nothing to take"));
    }

    protected static Score answer(CompletableFuture<Score> future) throws Exception {
        return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void scoreReachesTheDriver() throws Exception {
        var asked = driver().submit(evaluation(1));
        var assignment = take(worker("a"));
        assertThat(assignment.evaluation()).isEqualTo(evaluation(1));
        assertThat(assignment.deliveryCount()).isEqualTo(1);
        assertThat(assignment.isLost()).isFalse();
        assignment.complete(score(evaluation(1)));
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
    }

    @Test
    void sameEvaluationIsMeasuredOnce() throws Exception {
        var driver = driver();
        var worker = worker("a");
        var first = driver.submit(evaluation(1));
        var second = driver.submit(evaluation(1));
        take(worker).complete(score(evaluation(1)));
        assertThat(answer(first)).isEqualTo(answer(second));
        assertThat(driver.submit(evaluation(1))).isCompletedWithValue(score(evaluation(1)));
        assertThat(worker.take(BRIEFLY)).isEmpty();
    }

    @Test
    void takeWithoutWorkComesBackEmpty() throws Exception {
        assertThat(worker("a").take(BRIEFLY)).isEmpty();
    }

    @Test
    void eachEvaluationGoesToOneWorker() throws Exception {
        var driver = driver();
        var asked = IntStream.range(0, 40).mapToObj(i -> driver.submit(evaluation(i))).toList();
        var taken = new ConcurrentLinkedQueue<EvaluationId>();
        var loops = new ArrayList<EvaluationLoop>();
        for (var name : List.of("a", "b", "c")) {
            var loop = new EvaluationLoop(worker(name), evaluation -> {
                taken.add(evaluation.id());
                return score(evaluation);
            });
            loops.add(loop);
            new Thread(loop, name).start();
        }
        for (int i = 0; i < asked.size(); i++) {
            assertThat(answer(asked.get(i))).isEqualTo(score(evaluation(i)));
        }
        loops.forEach(EvaluationLoop::stop);
        assertThat(taken).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void heldEvaluationIsNotTakenByAnother() throws Exception {
        driver().submit(evaluation(1));
        take(worker("a"));
        assertThat(worker("b").take(BRIEFLY)).isEmpty();
    }

    @Test
    void leavingWorkerHandsItsEvaluationToAnotherWhichIsNotHeldAgainstIt() throws Exception {
        var asked = driver().submit(evaluation(1));
        for (int i = 0; i < DELIVERY_LIMIT + 2; i++) {
            var assignment = take(worker("leaves-" + i));
            assertThat(assignment.deliveryCount()).isEqualTo(1);
            assignment.release();
        }
        take(worker("stays")).complete(score(evaluation(1)));
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
    }

    @Test
    void closedWorkerGivesBackWhatItHolds() throws Exception {
        var asked = driver().submit(evaluation(1));
        var leaving = openWorker("leaves");
        var held = take(leaving);
        leaving.close();
        assertThat(held.isLost()).isTrue();
        take(worker("stays")).complete(score(evaluation(1)));
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
    }

    @Test
    void evaluationThatFailsEverywhereIsGivenUpWithTheReason() throws Exception {
        var asked = driver().submit(evaluation(1));
        var worker = worker("a");
        for (int delivery = 1; delivery <= DELIVERY_LIMIT; delivery++) {
            var assignment = take(worker);
            assertThat(assignment.deliveryCount()).isEqualTo(delivery);
            assignment.fail("out of memory");
        }
        var score = answer(asked);
        assertThat(score.outcome()).isEqualTo(Score.Outcome.GIVEN_UP);
        assertThat(score.reason()).isEqualTo("out of memory");
        assertThat(score.loss()).isInfinite();
        assertThat(worker.take(BRIEFLY)).isEmpty();
    }

    @Test
    void refusedEvaluationIsLeftToAWorkerThatKnowsBetter() throws Exception {
        var asked = driver().submit(evaluation(1));
        var wrong = worker("wrong");
        var refused = take(wrong);
        var right = worker("right");
        assertThat(right.take(BRIEFLY)).isEmpty();
        refused.refuse("no such checkpoint");
        var assignment = take(right);
        assertThat(assignment.deliveryCount()).isEqualTo(1);
        assignment.complete(score(evaluation(1)));
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
    }

    @Test
    void evaluationRefusedByAllIsGivenUpWithTheReason() throws Exception {
        var asked = driver().submit(evaluation(1));
        var worker = worker("a");
        take(worker).refuse("no such checkpoint");
        assertThat(worker.take(BRIEFLY.multipliedBy(4))).isEmpty();
        assertThat(answer(asked)).satisfies(score -> assertThat(score.reason()).contains("no such checkpoint"))
                .extracting(Score::outcome).isEqualTo(Score.Outcome.GIVEN_UP);
    }

    @Test
    void rejectedEvaluationIsGivenUpAtOnce() throws Exception {
        var asked = driver().submit(evaluation(1));
        take(worker("a")).reject("impossible");
        assertThat(answer(asked)).extracting(Score::outcome, Score::reason).containsExactly(Score.Outcome.GIVEN_UP, "impossible");
    }

    @Test
    void settlingTwiceChangesNothing() throws Exception {
        var driver = driver();
        var worker = worker("a");
        var asked = driver.submit(evaluation(1));
        var assignment = take(worker);
        assignment.complete(score(evaluation(1)));
        assignment.complete(score(evaluation(1), 9));
        assignment.fail("too late");
        assignment.release();
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
        assertThat(worker.take(BRIEFLY)).isEmpty();
    }

    @Test
    void scoreOfAnotherEvaluationIsRefused() throws Exception {
        driver().submit(evaluation(1));
        var assignment = take(worker("a"));
        assertThatThrownBy(() -> assignment.complete(score(evaluation(2)))).hasMessageContaining("score.id must be the evaluation's");
        assertThat(assignment.isLost()).isFalse();
    }

    @Test
    void driverThatComesAgainFindsTheJournal() throws Exception {
        var first = openDriver();
        var worker = worker("a");
        var asked = List.of(first.submit(evaluation(1)), first.submit(evaluation(2)));
        var settled = take(worker);
        settled.complete(score(settled.evaluation()));
        answer(asked.get(settled.evaluation().equals(evaluation(1)) ? 0 : 1));
        first.close();
        assertThat(asked).allMatch(CompletableFuture::isDone);

        var second = driver();
        var again = List.of(second.submit(evaluation(1)), second.submit(evaluation(2)));
        var rest = take(worker);
        rest.complete(score(rest.evaluation()));
        for (int i = 0; i < 2; i++) {
            assertThat(answer(again.get(i))).isEqualTo(score(evaluation(i + 1)));
        }
        assertThat(Set.of(settled.evaluation(), rest.evaluation())).containsExactlyInAnyOrder(evaluation(1), evaluation(2));
        assertThat(worker.take(BRIEFLY)).isEmpty();
    }

    @Test
    void withdrawnEvaluationIsNotBegunUnlessAskedAgain() throws Exception {
        var driver = driver();
        var worker = worker("a");
        var first = List.of(driver.submit(evaluation(1)), driver.submit(evaluation(2)));
        driver.withdrawUnanswered();
        assertThat(first).allMatch(CompletableFuture::isCompletedExceptionally);
        driver.submit(evaluation(3));
        // the news reaches workers on a way of its own
        Thread.sleep(BRIEFLY.toMillis());
        var next = take(worker);
        assertThat(next.evaluation()).isEqualTo(evaluation(3));
        next.complete(score(evaluation(3)));
        var again = driver.submit(evaluation(2));
        take(worker).complete(score(evaluation(2)));
        assertThat(answer(again)).isEqualTo(score(evaluation(2)));
        assertThat(worker.take(BRIEFLY)).isEmpty();
    }

    @Test
    void withdrawnEvaluationIsEndedUnderWayAndLeavesTheQueue() throws Exception {
        var driver = driver();
        var begun = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var loop = new EvaluationLoop(worker("a"), evaluation -> {
            if (evaluation.equals(evaluation(2))) {
                return score(evaluation);
            }
            begun.countDown();
            try {
                Thread.sleep(SOON.toMillis());
                throw new AssertionError("nobody ended it");
            } finally {
                ended.countDown();
            }
        });
        new Thread(loop, "a").start();
        driver.submit(evaluation(1));
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        driver.withdrawUnanswered();
        assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(answer(driver.submit(evaluation(2)))).isEqualTo(score(evaluation(2)));
        loop.stop();
        assertThat(worker("b").take(BRIEFLY)).isEmpty();
    }

    @Test
    void leavingLoopGivesBackWhatItCannotEndAtOnce() throws Exception {
        var asked = driver().submit(evaluation(1));
        var begun = new CountDownLatch(1);
        var deaf = new CountDownLatch(1);
        var loop = new EvaluationLoop(worker("leaves"), evaluation -> {
            begun.countDown();
            deaf.await();
            return score(evaluation);
        });
        new Thread(loop, "leaves").start();
        assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
        loop.leave();
        var assignment = take(worker("stays"));
        assertThat(assignment.deliveryCount()).isEqualTo(1);
        assignment.complete(score(evaluation(1)));
        assertThat(answer(asked)).isEqualTo(score(evaluation(1)));
        deaf.countDown();
    }

    @Test
    void closedDriverFailsWhatIsUnanswered() {
        var driver = openDriver();
        var asked = driver.submit(evaluation(1));
        driver.close();
        assertThat(asked).isCompletedExceptionally();
    }
}
