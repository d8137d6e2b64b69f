package io.longrope.search.job;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

import static org.assertj.core.api.Assertions.assertThat;

/** What all claims on jobs keep to. */
public abstract class JobClaimsContract {

    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration BRIEFLY = Duration.ofMillis(300);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    /** The log of this test, always the same. */
    protected abstract JobLog log();

    /** One driver's claims on the jobs of the log. */
    protected abstract JobClaims openDriver();

    private JobClaims driver() {
        var claims = openDriver();
        opened.push(claims);
        return claims;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (var resource : opened) {
            resource.close();
        }
    }

    private JobSubmission submitted(int number) {
        var submission = new JobSubmission(new JobId("job-" + number), "{\"seed\":" + number + "}", NOON);
        log().submit(submission);
        return submission;
    }

    private static JobClaims.Claim claim(JobClaims driver) throws InterruptedException {
        return driver.claim(SOON).orElseThrow(() -> new AssertionError("no job to claim"));
    }

    @Test
    void eachJobGoesToOneDriverOldestFirst() throws Exception {
        var jobs = IntStream.range(0, 2).mapToObj(this::submitted).toList();
        assertThat(claim(driver()).submission()).isEqualTo(jobs.get(0));
        assertThat(claim(driver()).submission()).isEqualTo(jobs.get(1));
        assertThat(driver().claim(BRIEFLY)).isEmpty();
    }

    @Test
    void jobOfGreaterPriorityIsClaimedFirstAndTheOthersStayInOrder() throws Exception {
        var first = submitted(1);
        var second = submitted(2);
        var urgent = new JobSubmission(new JobId("urgent"), "{}", NOON);
        log().submit(urgent, OptionalInt.of(5));
        assertThat(claim(driver()).submission()).isEqualTo(urgent);
        log().publish(JobEvent.of(urgent.id(), JobEvent.Kind.STARTED, "driver", NOON));
        assertThat(claim(driver()).submission()).isEqualTo(first);
        assertThat(claim(driver()).submission()).isEqualTo(second);
    }

    @Test
    void jobSubmittedTwiceIsClaimedOnce() throws Exception {
        var first = submitted(1);
        log().submit(new JobSubmission(first.id(), "{\"seed\":2}", NOON));
        assertThat(claim(driver()).submission()).isEqualTo(first);
        assertThat(driver().claim(BRIEFLY)).isEmpty();
    }

    @Test
    void jobPausedAndResumedBeforeADriverTookItIsClaimedOnce() throws Exception {
        var job = submitted(1);
        log().pause(job.id(), NOON.plusSeconds(1));
        log().resume(job.id(), NOON.plusSeconds(2));
        assertThat(claim(driver()).submission().id()).isEqualTo(job.id());
        assertThat(driver().claim(Duration.ofSeconds(3))).isEmpty();
    }

    @Test
    void jobOfADriverThatLeavesGoesToAnother() throws Exception {
        var job = submitted(1);
        for (int i = 0; i < 12; i++) {
            var leaving = openDriver();
            var held = claim(leaving);
            assertThat(held.isLost()).isFalse();
            if (i % 4 == 0) {
                leaving.close();
                assertThat(held.isLost()).isTrue();
            } else {
                held.release();
                leaving.close();
            }
        }
        assertThat(claim(driver()).submission()).isEqualTo(job);
    }

    @Test
    void finishedJobIsClaimedNoMore() throws Exception {
        var job = submitted(1);
        var driver = driver();
        var claim = claim(driver);
        log().publish(JobEvent.of(job.id(), JobEvent.Kind.FINISHED, "", NOON));
        claim.finish();
        claim.finish();
        claim.release();
        assertThat(driver.claim(BRIEFLY)).isEmpty();
    }

    @Test
    void jobCancelledBeforeItBeganIsNotClaimed() throws Exception {
        var job = submitted(1);
        log().cancel(job.id(), NOON);
        var next = submitted(2);
        assertThat(claim(driver()).submission()).isEqualTo(next);
    }

    @Test
    void jobPausedOrRemovedBeforeItBeganIsNotClaimed() throws Exception {
        var paused = submitted(1);
        log().pause(paused.id(), NOON);
        var removed = submitted(2);
        log().pause(removed.id(), NOON);
        log().delete(removed.id(), NOON);
        var next = submitted(3);
        var driver = driver();
        var claim = claim(driver);
        assertThat(claim.submission()).isEqualTo(next);
        log().publish(JobEvent.of(next.id(), JobEvent.Kind.FINISHED, "", NOON));
        claim.finish();
        assertThat(driver.claim(BRIEFLY)).isEmpty();
        log().resume(paused.id(), NOON);
        assertThat(claim(driver).submission().plan()).isEqualTo(paused.plan());
    }

    @Test
    void incompleteJobIsClaimedAgainOnceItIsSubmittedAgain() throws Exception {
        var job = submitted(1);
        var driver = driver();
        var claim = claim(driver);
        log().publish(JobEvent.incomplete(job.id(), "search-4x", List.of("a score given up"), NOON));
        claim.finish();
        assertThat(driver.claim(BRIEFLY)).isEmpty();
        log().submit(job);
        assertThat(claim(driver).submission()).isEqualTo(job);
    }
}
