package io.longrope.progressive.driver;

import io.longrope.search.job.JobId;
import io.longrope.search.kafka.KafkaJobClaims;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One of the jobs a driver can run at a time: a thread with its own ends of queues, log and claims. */
public final class DriverSlot {

    private final Cluster cluster;
    private final KafkaJobClaims claims;
    private final JobLoop loop;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    /** Of the job last run. */
    private volatile Optional<Tasks> tasks = Optional.empty();

    private DriverSlot(Cluster cluster, KafkaJobClaims claims, String name, JobLoop loop) {
        this.cluster = cluster;
        this.claims = claims;
        this.loop = loop;
        thread = new Thread(this::run, name);
    }

    /** @param name tells slots apart, those of other drivers too */
    public static DriverSlot start(KafkaSettings settings, String queue, LedgerRules rules, String name, JobLoop loop) {
        var cluster = Cluster.at(settings, queue, rules);
        var slot = new DriverSlot(cluster, KafkaJobClaims.open(settings, name, cluster.log(), Clock.systemUTC()), name, loop);
        slot.thread.start();
        return slot;
    }

    /** Waits until one of them fails, or the calling thread is interrupted. */
    public static void await(List<DriverSlot> slots) throws InterruptedException, ExecutionException {
        CompletableFuture.anyOf(slots.stream().map(slot -> slot.ended).toArray(CompletableFuture[]::new)).get();
    }

    /** Hands their jobs to other drivers, all at once. */
    public static void close(List<DriverSlot> slots) {
        slots.forEach(slot -> slot.loop.stop());
        slots.forEach(slot -> slot.thread.interrupt());
        // whatever they ended by; an interrupt of the caller does not shorten this
        slots.forEach(slot -> slot.ended.handle((nothing, failure) -> nothing).join());
        slots.forEach(slot -> slot.claims.close());
        slots.forEach(slot -> slot.cluster.close());
    }

    /** Tasks asked for whose results are awaited. */
    public int unanswered() {
        return tasks.map(Tasks::unanswered).orElse(0);
    }

    private Tasks open(JobId job, WaitListener listener) {
        var opened = cluster.tasks(job, listener);
        tasks = Optional.of(opened);
        return opened;
    }

    private void run() {
        try {
            loop.run(new JobLoop.Ends(this::open, cluster.board(), cluster.log(), claims));
            ended.complete(null);
        } catch (InterruptedException e) {
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
    }
}
