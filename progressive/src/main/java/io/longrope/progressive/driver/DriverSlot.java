package io.longrope.progressive.driver;

import io.longrope.search.job.JobId;
import io.longrope.search.kafka.KafkaJobClaims;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;

import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One of the jobs a driver can run at a time: a thread with its own ends of queues, log and claims. */
final class DriverSlot implements AutoCloseable {

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
    static DriverSlot start(DriverSlots.Settings settings, String name, JobLoop loop) {
        var cluster = Cluster.at(settings.kafka(), settings.queue(), settings.rules());
        var slot = new DriverSlot(cluster, KafkaJobClaims.open(settings.kafka(), name, cluster.log(), Clock.systemUTC()), name, loop);
        slot.thread.start();
        return slot;
    }

    /** Completed when it has stopped, and otherwise by what it failed of. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    /** Its job is to be handed to another driver. */
    void stop() {
        loop.stop();
        thread.interrupt();
    }

    /** Once it has stopped, whatever it ended by; an interrupt of the caller does not shorten this. */
    @Override
    public void close() {
        ended.handle((nothing, failure) -> nothing).join();
        claims.close();
        cluster.close();
    }

    /** Tasks asked for whose results are awaited. */
    int unanswered() {
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
