package io.longrope.progressive.bench;

import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaTasks;
import io.longrope.search.kafka.KafkaWorkQueue;
import io.longrope.search.kafka.Topics;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.Tasks;
import io.longrope.search.work.WaitListener;
import io.longrope.search.work.WorkQueue;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Topics of their own on a broker; workers are threads of this process, each with clients of its own as if it stood alone. */
public final class KafkaTransport implements Transport {

    /** The queue's name; the topics' prefix keeps benches apart. */
    private static final String QUEUE = "bench";
    /** One task may be lost with several of the workers that depart, and no job should be given up for that. */
    private static final LedgerRules RULES = new LedgerRules(1000, Optional.empty());

    private final KafkaSettings settings;

    private KafkaTransport(KafkaSettings settings) {
        this.settings = settings;
    }

    /** @param settings with a prefix no other run has */
    public static KafkaTransport open(KafkaSettings settings) {
        Topics.prepare(settings, List.of(QUEUE));
        return new KafkaTransport(settings);
    }

    static WorkQueue join(KafkaSettings settings, String worker) {
        return KafkaWorkQueue.open(settings, QUEUE, worker, Set.of(TaskClass.SCORE), SteadyClock.start());
    }

    @Override
    public WorkQueue join(String worker) {
        return join(settings, worker);
    }

    @Override
    public Tasks connect(String job) {
        return KafkaTasks.open(settings, QUEUE, job, RULES, WaitListener.NONE);
    }

    @Override
    public Set<Departure> departures() {
        return EnumSet.allOf(Departure.class);
    }

    @Override
    public DepartingWorker startDeparting(String name) {
        return WorkerProcess.start(settings, name);
    }

    @Override
    public void close() {
        // the topics stay
    }
}
