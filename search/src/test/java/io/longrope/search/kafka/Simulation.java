package io.longrope.search.kafka;

import io.longrope.search.work.AnswerBook;
import io.longrope.search.work.DeliveryRules;
import io.longrope.search.work.Evaluation;
import io.longrope.search.work.EvaluationId;
import io.longrope.search.work.LostEvaluations;
import io.longrope.search.work.SampleEvaluations;
import io.longrope.search.work.Score;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A driver, its queue and its workers in one thread, from one seed: the rules and the bookkeeping are the real ones, the
 * processes, the clock and Kafka are simulated. To look into a failure, run it again with the seed that failed.
 */
final class Simulation {

    private static final int GENERATIONS = 3;
    private static final int POPULATION = 8;
    private static final int LOOK_FOR_LOST = 25;
    private static final int MAX_TICKS = 20_000;
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
    /** Every so many evaluations kill whoever measures them. */
    private static final int POISON = 13;

    private final Random random;
    private final double trouble;
    private final DeliveryRules rules = new DeliveryRules(3, Duration.ofSeconds(30));
    private final SimulatedBroker broker;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Map<EvaluationId, Integer> faults = new HashMap<>();
    private final Map<EvaluationId, Score> told = new HashMap<>();
    private int born;

    private AnswerBook book;
    private LostEvaluations lost;
    private Set<EvaluationId> leftByOthers;
    private int scoresRead;
    private List<Integer> path;
    private List<CompletableFuture<Score>> asked;

    /** @param refusing how many of the workers refuse everything; at least one must not */
    Simulation(long seed, int workers, int refusing, double trouble) {
        random = new Random(seed);
        this.trouble = trouble;
        broker = new SimulatedBroker(random, trouble, this::mayFail);
        IntStream.range(0, workers).forEach(i -> this.workers.add(newWorker(i < refusing)));
        startDriver();
    }

    /** The search every simulation must end in, whatever happens on the way. */
    static List<Integer> undisturbed() {
        var path = new ArrayList<>(List.of(1));
        while (path.size() <= GENERATIONS) {
            path.add(next(path, questions(path).stream().map(Simulation::finalScore).toList()));
        }
        return path;
    }

    /** What a healthy worker measures. */
    static Score score(Evaluation evaluation) {
        return SampleEvaluations.score(evaluation);
    }

    List<Integer> run() {
        for (int now = 0; now < MAX_TICKS; now++) {
            if (advanceDriver(now)) {
                return path;
            }
            disturb(now);
            var clock = START.plusSeconds(now);
            for (var worker : List.copyOf(workers)) {
                if (!worker.isPaused(now)) {
                    worker.act(now, clock, this::members);
                }
            }
            killByPoison();
        }
        throw new AssertionError("not done after " + MAX_TICKS + " ticks, " + book.unanswered().size() + " unanswered");
    }

    private Set<String> members() {
        return workers.stream().map(SimulatedWorker::name).collect(Collectors.toSet());
    }

    private boolean advanceDriver(int now) {
        int to = scoresRead + random.nextInt(6);
        broker.scores(scoresRead, to).forEach(this::receive);
        scoresRead = Math.min(to, broker.scoreCount());
        if (now % LOOK_FOR_LOST == 0) {
            var unanswered = book.unanswered();
            lost.look(unanswered.keySet(), broker.backlog()).forEach(id -> broker.publish(EvaluationMessage.of(unanswered.get(id))));
        }
        if (!asked.stream().allMatch(CompletableFuture::isDone)) {
            return false;
        }
        path.add(next(path, asked.stream().map(CompletableFuture::join).toList()));
        if (path.size() > GENERATIONS) {
            return true;
        }
        ask();
        return false;
    }

    /** An answer once given is the answer for ever, also for the driver's heirs. */
    private void receive(Score score) {
        book.receive(score);
        var answer = book.answer(score.id());
        var before = told.putIfAbsent(score.id(), answer);
        if (before != null && !before.equals(answer)) {
            throw new AssertionError("answered " + before + " and later " + answer);
        }
    }

    private void startDriver() {
        book = new AnswerBook();
        lost = new LostEvaluations();
        leftByOthers = broker.backlog();
        path = new ArrayList<>(List.of(1));
        scoresRead = broker.scoreCount();
        broker.scores(0, scoresRead).forEach(this::receive);
        ask();
    }

    private void ask() {
        asked = questions(path).stream().map(this::submit).toList();
    }

    private CompletableFuture<Score> submit(Evaluation evaluation) {
        var question = book.ask(evaluation);
        if (question.isNew() && !leftByOthers.remove(evaluation.id())) {
            broker.publish(EvaluationMessage.of(evaluation));
        }
        return question.answer();
    }

    private void disturb(int now) {
        if (random.nextDouble() < trouble / 4) {
            startDriver();
        }
        if (random.nextDouble() < trouble / 4) {
            broker.restart();
        }
        for (var worker : List.copyOf(workers)) {
            if (random.nextDouble() < trouble / 10 && mayFail(worker)) {
                worker.pause(now + random.nextInt(30));
            }
            if (random.nextDouble() < trouble / 10) {
                worker.setClockWrong(Duration.ofMinutes(random.nextInt(-1000, 1000)));
            }
            if (random.nextDouble() < trouble / 10 && mayFail(worker)) {
                replace(worker);
            }
        }
    }

    private boolean mayFail(SimulatedWorker worker) {
        return worker.held() == null || mayFail(worker.held().id());
    }

    /** An evaluation that went wrong as often as the limit allows would look like poison, and rightly so. */
    private boolean mayFail(EvaluationId id) {
        return faults.merge(id, 1, Integer::sum) < rules.limit();
    }

    private void killByPoison() {
        for (var worker : List.copyOf(workers)) {
            if (worker.held() != null && isPoison(worker.held().message().evaluation())) {
                replace(worker);
            }
        }
    }

    private void replace(SimulatedWorker dead) {
        workers.remove(dead);
        broker.disconnected(dead);
        workers.add(newWorker(dead.refuses()));
    }

    private SimulatedWorker newWorker(boolean refuses) {
        return new SimulatedWorker("worker-" + born++, refuses, rules, broker, random);
    }

    private static List<Evaluation> questions(List<Integer> path) {
        int last = path.get(path.size() - 1);
        return IntStream.range(0, POPULATION).mapToObj(i -> SampleEvaluations.evaluation((last * 7 + i * 3) % 500)).toList();
    }

    private static int next(List<Integer> path, List<Score> scores) {
        int sum = path.get(path.size() - 1);
        for (var score : scores) {
            sum = (sum * 31 + (score.outcome() == Score.Outcome.GIVEN_UP ? 5 : (int) Math.round(score.loss() * 1000))) % 9973;
        }
        return sum;
    }

    private static Score finalScore(Evaluation evaluation) {
        return isPoison(evaluation) ? Score.givenUp(evaluation.id(), "", "") : score(evaluation);
    }

    private static boolean isPoison(Evaluation evaluation) {
        return Math.round((evaluation.candidate().factors().max() - 1) * 100) % POISON == 0;
    }
}
