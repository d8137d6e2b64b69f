package io.longrope.search.kafka;

import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.SampleTasks;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.WaitListener;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
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

    /** Takes one delivery, works for twice the lock's duration, and finds a loss whatever else it may have heard of meanwhile. */
    private static void worker(KafkaSettings settings, String name, double loss) throws Exception {
        try (var queue = KafkaWorkQueue.open(settings, "q", name, EnumSet.of(TaskClass.SCORE), InstantSource.system());
             var producer = Clients.producer(settings)) {
            say("READY");
            var held = queue.take(Duration.ofSeconds(60), Optional.empty()).orElseThrow();
            say("TAKEN");
            Thread.sleep(4000);
            for (var task : held.delivery().tasks()) {
                var result = SampleTasks.result(task, loss);
                Clients.send(producer, settings.results(), TaskMessages.newKey(result), TaskMessages.write(result));
            }
            held.settle();
            say("DONE");
        }
    }

    private static void driver(KafkaSettings settings) throws Exception {
        try (var log = KafkaJobLog.open(settings); var claims = KafkaJobClaims.open(settings, "child", log, InstantSource.system())) {
            say("READY");
            var claim = claims.claim(Duration.ofSeconds(60)).orElseThrow();
            say("CLAIMED " + claim.submission().id());
            say("RESULT " + search(settings, claim.submission().id().value(), step -> say("STEP " + step)));
            claim.finish();
        }
    }

    /** A search over Kafka. */
    static String search(KafkaSettings settings, String job, IntConsumer onStep) {
        try (var tasks = KafkaTasks.open(settings, "q", job, LedgerRules.DEFAULT, WaitListener.NONE)) {
            return search(task -> tasks.submit(List.of(task)).get(0).join().outcome(), onStep);
        }
    }

    /** Each question depends on the answers before, as in a search. */
    static String search(Function<Task, Outcome> answers, IntConsumer onStep) {
        int number = 1;
        var path = new StringBuilder();
        for (int step = 0; step < 12; step++) {
            double loss = ((Outcome.Loss) answers.apply(SampleTasks.task(number))).nats();
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
