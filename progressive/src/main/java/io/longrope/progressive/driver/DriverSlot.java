package io.longrope.progressive.driver;

import io.longrope.search.kafka.KafkaJobClaims;
import io.longrope.search.kafka.KafkaSettings;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** One of the jobs a driver can run at a time: a thread with its own ends of queue, log and claims. */
public final class DriverSlot {

    private final LocalCluster cluster;
    private final KafkaJobClaims claims;
    private final JobLoop loop;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    private DriverSlot(LocalCluster cluster, KafkaJobClaims claims, String name, JobLoop loop) {
        this.cluster = cluster;
        this.claims = claims;
        this.loop = loop;
        thread = new Thread(this::run, name);
    }

    /** @param name tells slots apart, those of other drivers too */
    public static DriverSlot start(KafkaSettings settings, String queue, String name, JobLoop loop) {
        var cluster = LocalCluster.at(settings, queue);
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

    /** Evaluations asked for whose scores are awaited. */
    public int unanswered() {
        return cluster.evaluations().unanswered();
    }

    private void run() {
        try {
            loop.run(cluster.evaluations(), cluster.log(), claims);
            ended.complete(null);
        } catch (InterruptedException e) {
            ended.complete(null);
        } catch (RuntimeException | Error e) {
            ended.completeExceptionally(e);
        }
    }
}
