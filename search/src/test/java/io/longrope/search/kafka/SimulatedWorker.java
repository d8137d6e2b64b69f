package io.longrope.search.kafka;

import io.longrope.search.work.DeliveryRules;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.Score;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** A worker that decides as {@link KafkaEvaluationQueue} does, on a clock of ticks. */
final class SimulatedWorker {

    private final String name;
    private final boolean refuses;
    private final DeliveryRules rules;
    private final SimulatedBroker broker;
    private final RandomGenerator random;
    private final Set<EvaluationId> answered = new HashSet<>();
    private final Map<EvaluationId, Instant> metRefused = new HashMap<>();
    /** How wrong this machine's clock is. */
    private Duration clockError = Duration.ZERO;
    private int scoresRead;
    private SimulatedBroker.Entry held;
    private int busyUntil;
    private int pausedUntil;

    SimulatedWorker(String name, boolean refuses, DeliveryRules rules, SimulatedBroker broker, RandomGenerator random) {
        this.name = name;
        this.refuses = refuses;
        this.rules = rules;
        this.broker = broker;
        this.random = random;
    }

    String name() {
        return name;
    }

    boolean refuses() {
        return refuses;
    }

    SimulatedBroker.Entry held() {
        return held;
    }

    /** As a machine that hangs, or a network that is cut: nothing is renewed until then. */
    void pause(int until) {
        pausedUntil = until;
    }

    boolean isPaused(int now) {
        return now < pausedUntil;
    }

    /** As an operator who sets the time, or a machine that slept. */
    void setClockWrong(Duration error) {
        clockError = error;
    }

    /** Reads some of the journal, then goes on with what it does. */
    void act(int now, Instant clock, Supplier<Set<String>> members) {
        int to = scoresRead + random.nextInt(4);
        broker.scores(scoresRead, to).forEach(score -> answered.add(score.id()));
        scoresRead = Math.min(to, broker.scoreCount());
        if (held == null) {
            broker.acquire(this, now).ifPresent(entry -> begin(entry, now, clock.plus(clockError), members));
        } else if (now >= busyUntil) {
            finish(Simulation.score(held.message().evaluation()));
        } else {
            broker.renew(held, this, now);
        }
    }

    private void begin(SimulatedBroker.Entry entry, int now, Instant clock, Supplier<Set<String>> members) {
        held = entry;
        var message = entry.message();
        var id = entry.id();
        switch (rules.judge(answered.contains(id), entry.deliveries(), refusals(entry, clock), name, members)) {
            case MEASURE -> {
                if (refuses) {
                    handOn(message.withDeliveries(entry.deliveries() - 1).refusedBy(name, "another fingerprint"));
                } else {
                    busyUntil = now + 1 + random.nextInt(8);
                }
            }
            case DROP -> letGo();
            case GIVE_UP, GIVE_UP_REFUSED -> finish(Score.givenUp(id, "given up", name));
            case PASS_ON -> handOn(message.withDeliveries(entry.deliveries() - 1));
        }
    }

    private DeliveryRules.Refusals refusals(SimulatedBroker.Entry entry, Instant clock) {
        var workers = entry.message().refusals().keySet();
        return workers.isEmpty() ? DeliveryRules.Refusals.NONE
                : new DeliveryRules.Refusals(workers, Duration.between(metRefused.computeIfAbsent(entry.id(), id -> clock), clock));
    }

    private void finish(Score score) {
        if (answered.add(score.id())) {
            broker.publish(score);
        }
        letGo();
    }

    private void handOn(EvaluationMessage copy) {
        broker.publish(copy);
        letGo();
    }

    private void letGo() {
        broker.settle(held);
        held = null;
    }
}
