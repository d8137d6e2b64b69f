package io.longrope.progressive.doctor;

import io.longrope.search.kafka.FirstContact;
import io.longrope.search.kafka.KafkaSettings;
import io.longrope.search.kafka.KafkaTasks;
import io.longrope.search.kafka.KafkaWorkQueue;
import io.longrope.search.problem.BadInput;
import io.longrope.search.rope.RescaleFactors;
import io.longrope.search.space.Candidate;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.LedgerRules;
import io.longrope.search.work.ModelReference;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Outcome;
import io.longrope.search.work.Precision;
import io.longrope.search.work.Result;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.work.SteadyClock;
import io.longrope.search.work.Task;
import io.longrope.search.work.TaskClass;
import io.longrope.search.work.WaitListener;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/** A Kafka as every command meets it at first contact, on topics of its own, and a task that goes to a worker and comes back. */
public final class KafkaDoctor {

    private static final String QUEUE = "doctor";
    private static final String VERSION = "Kafka, version and share groups";
    private static final String RIGHTS = "Kafka, rights to topics and groups";
    private static final String RENEWAL = "Kafka, renewal";
    private static final String ROUND_TRIP = "Kafka, round trip";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FINGERPRINT = "d0".repeat(32);

    private final KafkaSettings settings;

    /** @param settings whose topics' prefix is lengthened, so that no job's topic is touched */
    public KafkaDoctor(KafkaSettings settings) {
        this.settings = settings.withPrefix(settings.prefix() + "." + QUEUE);
    }

    /** The topics are deleted again. */
    public List<Diagnosis> findings() throws InterruptedException {
        FirstContact contact;
        try {
            contact = FirstContact.open(settings, List.of(QUEUE));
        } catch (BadInput e) {
            return List.of(Diagnosis.failed(VERSION, e.getMessage()), leftOut(RIGHTS), leftOut(RENEWAL), leftOut(ROUND_TRIP));
        }
        try (contact) {
            return findings(contact);
        }
    }

    private List<Diagnosis> findings(FirstContact contact) throws InterruptedException {
        var findings = new ArrayList<Diagnosis>();
        findings.add(Diagnosis.of(VERSION, () -> Diagnosis.ok(VERSION, contact.version())));
        boolean answers = !findings.get(0).isFailure();
        findings.add(!answers ? leftOut(RIGHTS) : Diagnosis.of(RIGHTS, () -> {
            contact.topics();
            return Diagnosis.ok(RIGHTS, settings.prefix() + ".* may be made and used");
        }));
        if (findings.get(1).state() != Diagnosis.State.OK) {
            findings.addAll(List.of(leftOut(RENEWAL), leftOut(ROUND_TRIP)));
            return findings;
        }
        findings.add(Diagnosis.of(RENEWAL,
                () -> contact.renewal().map(why -> Diagnosis.leftOut(RENEWAL, "the cluster does not tell: " + why))
                .orElseGet(() -> Diagnosis.ok(RENEWAL, "allowed, a worker may hold a task for longer than a lock"))));
        findings.add(roundTrip());
        contact.remove().ifPresent(why -> findings.add(Diagnosis.failed("Kafka, deleting", "topics or groups " + settings.prefix()
                + ".* are left: " + why)));
        return findings;
    }

    private static Diagnosis leftOut(String about) {
        return Diagnosis.leftOut(about, "needs what failed above");
    }

    private Diagnosis roundTrip() throws InterruptedException {
        long start = System.nanoTime();
        try (var driver = KafkaTasks.open(settings, QUEUE, QUEUE, LedgerRules.DEFAULT, WaitListener.NONE);
             var worker = KafkaWorkQueue.open(settings, QUEUE, QUEUE, Set.of(TaskClass.SCORE), SteadyClock.start())) {
            var task = task();
            var answer = driver.submit(List.of(task)).get(0);
            var held = worker.take(PATIENCE, Optional.empty());
            if (held.isEmpty()) {
                return Diagnosis.failed(ROUND_TRIP, "a task was queued, but came to no worker within " + PATIENCE.toSeconds()
                        + " s; look at the broker's log");
            }
            held.get().publish(new Result(task.id(), new Outcome.Loss(1), 0, 0, QUEUE, ""));
            held.get().settle();
            answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            return Diagnosis.ok(ROUND_TRIP, String.format(Locale.ROOT, "a task went to a worker, and its result came back, %.2f s with"
                    + " joining", (System.nanoTime() - start) / 1e9));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            return Diagnosis.failed(ROUND_TRIP, e.toString().lines().findFirst().orElse(""));
        }
    }

    /** Unlike every other, so that no result of an earlier one is known. */
    private static Task task() {
        var sample = new Sample("doctor", SampleShare.SEARCH, 0, 64, RandomGenerator.getDefault().nextLong(), FINGERPRINT);
        return ScoreTask.whole(new ModelReference("doctor", FINGERPRINT), sample, Objective.PERPLEXITY,
                new Candidate(RescaleFactors.of(1, 1), 0, 1), new Arithmetic(Precision.F32, Arithmetic.USUAL_CHUNK, 1));
    }
}
