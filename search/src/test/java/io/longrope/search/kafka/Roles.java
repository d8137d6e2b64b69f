package io.longrope.search.kafka;

import io.longrope.search.work.DeliveryRules;
import io.longrope.search.work.Evaluations;
import io.longrope.search.work.SampleEvaluations;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.IntConsumer;

/** What a child process of the fault tests does. */
final class Roles {

    /** Long locks would make the tests slow. */
    static final Map<String, String> BROKER = Map.of("group.share.record.lock.duration.ms", "2000");

    private Roles() {
    }

    /** Arguments: a role, then its own. */
    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "broker" -> broker(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
            case "worker" -> worker(settings(arguments), arguments[3], Double.parseDouble(arguments[4]));
            case "driver" -> driver(settings(arguments));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static KafkaSettings settings(String[] arguments) {
        return KafkaSettings.at(arguments[1]).withPrefix(arguments[2]);
    }

    private static void broker(Path directory, int port) throws IOException {
        var broker = EmbeddedBroker.start(directory, "127.0.0.1", port, BROKER);
        say("READY " + broker.bootstrap());
        System.in.read();
    }

    /** Takes one evaluation, measures for twice the lock's duration, and gives it a loss. */
    private static void worker(KafkaSettings settings, String name, double loss) throws Exception {
        try (var queue = KafkaEvaluationQueue.open(settings, "q", name, DeliveryRules.DEFAULT, InstantSource.system())) {
            say("READY");
            var assignment = queue.take(Duration.ofSeconds(60)).orElseThrow();
            say("TAKEN " + assignment.deliveryCount());
            Thread.sleep(4000);
            assignment.complete(SampleEvaluations.score(assignment.evaluation(), loss));
            say("DONE");
        }
    }

    private static void driver(KafkaSettings settings) throws Exception {
        try (var log = KafkaJobLog.open(settings); var claims = KafkaJobClaims.open(settings, "child", log, InstantSource.system())) {
            say("READY");
            var claim = claims.claim(Duration.ofSeconds(60)).orElseThrow();
            say("CLAIMED " + claim.submission().id());
            try (var evaluations = KafkaEvaluations.open(settings, "q")) {
                say("RESULT " + search(evaluations, step -> say("STEP " + step)));
            }
            claim.finish();
        }
    }

    /** Each question depends on the answers before, as in a search. */
    static String search(Evaluations evaluations, IntConsumer onStep) {
        int number = 1;
        var path = new StringBuilder();
        for (int step = 0; step < 12; step++) {
            double loss = evaluations.submit(SampleEvaluations.evaluation(number)).join().loss();
            number = (int) (number * 31 + Math.round(loss * 1000)) % 997;
            path.append(number).append(' ');
            onStep.accept(step);
        }
        return path.toString().strip();
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }
}
