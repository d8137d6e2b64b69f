package io.longrope.progressive.bench;

import io.longrope.search.work.Evaluations;
import io.longrope.search.work.Evaluator;
import io.longrope.search.work.WorkLoop;
import io.longrope.search.kafka.KafkaEvaluations;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaWorkQueue;
import io.longrope.search.kafka.Topics;

import java.util.ArrayList;
import java.util.List;

/** Topics of their own on a broker; workers are threads of this process, each with clients of its own as if it stood alone. */
public final class KafkaTransport implements ServiceBench.Transport {

    /** The queue's name; the topics' prefix keeps benches apart. */
    static final String QUEUE = "bench";

    private final KafkaSettings settings;
    private final List<KafkaWorkQueue> queues = new ArrayList<>();
    private final List<WorkLoop> loops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    private KafkaTransport(KafkaSettings settings) {
        this.settings = settings;
    }

    /** @param settings with a prefix no other run has */
    public static KafkaTransport open(KafkaSettings settings) {
        Topics.prepare(settings, List.of(QUEUE));
        return new KafkaTransport(settings);
    }

    @Override
    public void startWorkers(int count, Evaluator evaluator) {
        for (int i = 1; i <= count; i++) {
            var queue = KafkaWorkQueue.open(settings, QUEUE, "worker-" + i);
            var loop = new WorkLoop(queue, evaluator);
            var thread = new Thread(loop, "worker-" + i);
            thread.setDaemon(true);
            queues.add(queue);
            loops.add(loop);
            threads.add(thread);
            thread.start();
        }
    }

    @Override
    public Evaluations connect() {
        return KafkaEvaluations.open(settings, QUEUE);
    }

    @Override
    public void close() {
        loops.forEach(WorkLoop::stop);
        threads.forEach(Thread::interrupt);
        queues.parallelStream().forEach(KafkaWorkQueue::close);
    }
}
