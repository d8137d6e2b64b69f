package io.longrope.search.kafka;

import io.longrope.search.problem.BadInput;
import io.longrope.search.work.Attempt;
import io.longrope.search.work.Daemons;
import io.longrope.search.work.Delivery;
import io.longrope.search.work.JobTasks;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.LostDeliveries;
import io.longrope.search.work.Result;
import io.longrope.search.work.ResultBook;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.TaskTransport;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.TransportFailed;
import io.longrope.search.work.WaitListener;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The driver's end of a queue in Kafka, for one run of a job. Results known are read on opening and followed from then on. What
 * an earlier driver of the job left in the queue is awaited and not queued twice.
 *
 * <p>A broker that is away is waited for. Messages that vanish from the queue without a word, as after too many deliveries,
 * count as lost attempts.
 */
public final class KafkaTasks implements Tasks {

    private static final Logger LOG = LoggerFactory.getLogger(KafkaTasks.class);
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration LOOK_FOR_LOST = Duration.ofSeconds(30);
    /** Older attempts concern deliveries that have left the queue. */
    private static final Duration ATTEMPTS_OF = Duration.ofHours(1);
    /** Stands for workers that cannot be counted: one that has refused nothing. */
    private static final Set<String> SOMEBODY = Set.of("");

    private final KafkaSettings settings;
    private final String queue;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Admin admin;
    private final JobTasks tasks;
    private final TopicTail attempts;
    private final ResultTopic results;
    private final ScheduledExecutorService patrol = Executors.newSingleThreadScheduledExecutor(Daemons.named("patrol"));
    private final List<Attempt> attemptsBefore = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean isOpen;
    private final LostDeliveries lost = new LostDeliveries();

    private KafkaTasks(KafkaSettings settings, String queue, String job, int priority, LedgerRules rules, WaitListener listener,
                       Duration lookForLost) {
        this.settings = settings;
        this.queue = queue;
        producer = Clients.producer(settings);
        admin = Clients.admin(settings);
        var book = new ResultBook();
        tasks = new JobTasks(job, priority, rules, listener, new Transport(), book, SteadyClock.start());
        attempts = TopicTail.since(settings, settings.attempts(), InstantSource.system().instant().minus(ATTEMPTS_OF),
                message -> TaskMessages.readAttempt(message, this::receive));
        attempts.awaitCaughtUp();
        tasks.adopt(left());
        isOpen = true;
        attemptsBefore.forEach(tasks::receive);
        attemptsBefore.clear();
        // after the backlog: what was settled in between is among the results
        results = new ResultTopic(settings, producer, book, tasks::receive);
        results.onFailure(this::fail);
        attempts.onFailure(this::fail);
        look();
        patrol.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        patrol.scheduleWithFixedDelay(this::lookForLost, lookForLost.toMillis(), lookForLost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Opens a queue that {@link Topics#prepare} made ready, for a job of the usual priority. */
    public static KafkaTasks open(KafkaSettings settings, String queue, String job, LedgerRules rules, WaitListener listener) {
        return open(settings, queue, job, 1, rules, listener);
    }

    /**
     * Opens a queue that {@link Topics#prepare} made ready.
     *
     * @param priority of the job, at least 1
     */
    public static KafkaTasks open(KafkaSettings settings, String queue, String job, int priority, LedgerRules rules,
                                  WaitListener listener) {
        return new KafkaTasks(settings, queue, job, priority, rules, listener, LOOK_FOR_LOST);
    }

    /** @param lookForLost time between looks; what vanished counts as lost after two of them */
    static KafkaTasks open(KafkaSettings settings, String queue, String job, LedgerRules rules, WaitListener listener,
                           Duration lookForLost) {
        return new KafkaTasks(settings, queue, job, 1, rules, listener, lookForLost);
    }

    /** Futures complete on the thread that reads results: what hangs on them must be short. */
    @Override
    public List<CompletableFuture<Result>> submit(List<Task> asked) {
        return tasks.submit(asked);
    }

    @Override
    public int unanswered() {
        return tasks.unanswered();
    }

    @Override
    public double deviceSeconds() {
        return tasks.deviceSeconds();
    }

    @Override
    public void withdrawUnanswered() {
        tasks.withdrawUnanswered();
        producer.flush();
    }

    @Override
    public void close() {
        patrol.shutdownNow();
        results.close();
        attempts.close();
        producer.close(CLOSE);
        admin.close(CLOSE);
        tasks.close();
    }

    private void receive(Attempt attempt) {
        if (isOpen) {
            tasks.receive(attempt);
        } else {
            attemptsBefore.add(attempt);
        }
    }

    private void fail(Throwable cause) {
        tasks.fail(new TransportFailed("Kafka at " + settings.bootstrap() + " failed the job: " + cause.getMessage(), cause));
    }

    /** What earlier drivers put into the queue, and nobody withdrew. */
    private Collection<Delivery> left() {
        var withdrawn = new HashSet<String>();
        TopicTail.readAll(settings, settings.withdrawals(),
                message -> TaskMessages.readWithdrawal(message, withdrawal -> withdrawn.add(withdrawal.run())));
        var left = new ArrayList<Delivery>();
        for (var taskClass : TaskClass.values()) {
            QueueBacklog.read(settings, settings.tasks(queue, taskClass), message -> {
                try {
                    left.add(TaskMessages.delivery(message));
                } catch (BadInput e) {
                    LOG.debug("a message that is not ours waits in the queue; a worker will refuse it");
                }
            });
        }
        left.removeIf(delivery -> withdrawn.contains(delivery.run()));
        return left;
    }

    private void look() {
        try {
            var live = new EnumMap<TaskClass, Set<String>>(TaskClass.class);
            for (var taskClass : TaskClass.values()) {
                live.put(taskClass, members(settings.tasks(queue, taskClass)));
            }
            tasks.look(live);
        } catch (RuntimeException e) {
            // the next look comes anyway; an exception would end the patrol
            LOG.debug("cannot look after the queue {}: {}", queue, e.getMessage());
        }
    }

    private Set<String> members(String group) {
        try {
            return ShareGroups.members(admin, group);
        } catch (RuntimeException e) {
            if (e instanceof RetriableException) {
                throw e;
            }
            LOG.debug("cannot count the workers of {}: {}", group, e.getMessage());
            return SOMEBODY;
        }
    }

    private void lookForLost() {
        try {
            lost.look(tasks, this::backlog).forEach(delivery -> LOG.warn("delivery {} vanished from the queue: its "
                    + "tasks count as lost, and others get them", delivery));
        } catch (RuntimeException e) {
            LOG.warn("cannot look for lost tasks, the next look comes: {}", KafkaFaults.words(e));
        }
    }

    private Set<String> backlog() {
        var keys = new HashSet<String>();
        for (var taskClass : TaskClass.values()) {
            QueueBacklog.read(settings, settings.tasks(queue, taskClass), message -> keys.add(TaskMessages.key(message)));
        }
        return keys;
    }

    private final class Transport implements TaskTransport {

        @Override
        public void queue(Delivery delivery) {
            try {
                send(settings.tasks(queue, delivery.taskClass()), delivery.id(), TaskMessages.write(delivery));
            } catch (BadInput e) {
                tasks.fail(e);
            }
        }

        @Override
        public void withdraw(Set<String> runs) {
            runs.forEach(run -> send(settings.withdrawals(), run, TaskMessages.write(new TaskMessages.Withdrawal(run))));
        }

        /** The producer itself waits half an hour for a broker that is away. */
        private void send(String topic, String key, byte[] value) {
            producer.send(Clients.message(topic, key, value), (metadata, problem) -> {
                if (problem instanceof RetriableException) {
                    send(topic, key, value);
                } else if (problem != null) {
                    fail(problem);
                }
            });
        }
    }
}
