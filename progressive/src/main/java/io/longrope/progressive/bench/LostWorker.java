package io.longrope.progressive.bench;

import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaEvaluationQueue;

import java.io.IOException;
import java.time.Duration;

/** How long an evaluation lies with a worker that was killed. */
public final class LostWorker {

    private static final String TAKEN = "TAKEN";
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private LostWorker() {
    }

    /** The worker to be killed, in a process of its own. Arguments: bootstrap servers and topic prefix. */
    public static void main(String[] arguments) throws InterruptedException {
        try (var queue = open(KafkaSettings.at(arguments[0]).withPrefix(arguments[1]), "doomed")) {
            var held = queue.take(PATIENCE).orElseThrow();
            System.out.println(TAKEN + " " + held.evaluation().id());
            Thread.sleep(PATIENCE.toMillis());
        }
    }

    /**
     * Kills a worker with an evaluation in its hands.
     *
     * @param settings with a prefix no other run has
     * @return from then until another worker has it
     */
    public static Duration noticed(KafkaSettings settings) throws IOException, InterruptedException {
        try (var transport = KafkaTransport.open(settings); var evaluations = transport.connect()) {
            evaluations.submit(ServiceBench.anyEvaluation());
            var doomed = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx256m", "-cp",
                    System.getProperty("java.class.path"),
                    LostWorker.class.getName(), settings.bootstrap(), settings.prefix()).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var lines = doomed.inputReader()) {
                lines.lines().filter(line -> line.startsWith(TAKEN)).findFirst()
                        .orElseThrow(() -> new IllegalStateException("the worker to be killed got no evaluation"));
            } finally {
                doomed.destroyForcibly().waitFor();
            }
            long killed = System.nanoTime();
            try (var queue = open(settings, "heir")) {
                queue.take(PATIENCE).orElseThrow(() -> new IllegalStateException("nobody got the killed worker's evaluation"));
                return Duration.ofNanos(System.nanoTime() - killed);
            }
        }
    }

    private static KafkaEvaluationQueue open(KafkaSettings settings, String worker) {
        return KafkaEvaluationQueue.open(settings, KafkaTransport.QUEUE, worker);
    }
}
