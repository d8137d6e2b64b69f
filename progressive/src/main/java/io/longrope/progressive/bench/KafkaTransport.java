package io.longrope.progressive.bench;

import io.longrope.search.work.Evaluations;
import io.longrope.search.work.Evaluator;
import io.longrope.search.work.EvaluationLoop;
import io.longrope.search.kafka.KafkaEvaluations;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaEvaluationQueue;
import io.longrope.search.kafka.Topics;

import java.util.ArrayList;
import java.util.List;

/** Topics of their own on a broker; workers are threads of this process, each with clients of its own as if it stood alone. */
public final class KafkaTransport implements ServiceBench.Transport {

    /** The queue's name; the topics' prefix keeps benches apart. */
    static final String QUEUE = "bench";

    private final KafkaSettings settings;
    private final List<KafkaEvaluationQueue> queues = new ArrayList<>();
    private final List<EvaluationLoop> loops = new ArrayList<>();
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
            var queue = KafkaEvaluationQueue.open(settings, QUEUE, "worker-" + i);
            var loop = new EvaluationLoop(queue, evaluator);
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
        loops.forEach(EvaluationLoop::stop);
        threads.forEach(Thread::interrupt);
        queues.parallelStream().forEach(KafkaEvaluationQueue::close);
    }
}
