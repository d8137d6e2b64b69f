package io.longrope.search.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** A driver with its real bookkeeping at the queue of a {@link SimulatedBroker}: a search whose questions depend on the answers before. */
final class SimulatedDriver {

    private static final int GENERATIONS = 3;
    private static final int POPULATION = 12;
    private static final long LOOK_MILLIS = 1000;
    private static final long LOOK_FOR_LOST_MILLIS = 30_000;
    private static final int GIVEN_UP = 5;

    private final String job;
    private final LedgerRules rules;
    private final SimulatedTime time;
    private final SimulatedBroker broker;
    private final RandomGenerator random;
    private final Consumer<Result> told;
    private final List<String> waits = new ArrayList<>();
    private JobTasks tasks;
    private LostDeliveries lost;
    private ResultBook book;
    private int resultsRead;
    private int attemptsRead;
    private List<Integer> path;
    private List<CompletableFuture<Result>> asked;

    /**
     * Begins at once.
     *
     * @param told is passed every result that counts, by each run anew
     */
    SimulatedDriver(String job, LedgerRules rules, SimulatedTime time, SimulatedBroker broker, RandomGenerator random,
                    Consumer<Result> told) {
        this.job = job;
        this.rules = rules;
        this.time = time;
        this.broker = broker;
        this.random = random;
        this.told = told;
        begin();
        read();
        look();
        lookForLost();
    }

    /** What the search comes to when nothing goes wrong. */
    static List<Integer> undisturbed(Consumer<Task> check) {
        var path = new ArrayList<>(List.of(1));
        while (path.size() <= GENERATIONS) {
            var answers = questions(path).stream().map(task -> {
                var answer = new CompletableFuture<Result>();
                try {
                    check.accept(task);
                    answer.complete(SampleTasks.result(task, ""));
                } catch (TaskGivenUp e) {
                    answer.completeExceptionally(e);
                }
                return answer;
            }).toList();
            path.add(next(path, answers));
        }
        return path;
    }

    boolean isDone() {
        return path.size() > GENERATIONS;
    }

    List<Integer> path() {
        return path;
    }

    /** What was told about waiting, by all runs; an empty one says that it goes on. */
    List<String> waits() {
        return waits;
    }

    /** Another run of the job, as after a crash or another driver's claim. */
    void begin() {
        book = new ResultBook();
        lost = new LostDeliveries();
        resultsRead = 0;
        var attempts = List.copyOf(broker.attempts());
        attemptsRead = attempts.size();
        tasks = new JobTasks(job, 1, rules, new WaitListener() {
            @Override
            public void waits(Waiting waiting) {
                waits.add(waiting.line());
            }

            @Override
            public void goesOn() {
                waits.add("");
            }
        }, broker, book, time);
        tasks.adopt(broker.left());
        attempts.forEach(tasks::receive);
        readResults(broker.results().size());
        path = new ArrayList<>(List.of(1));
        tasks.look(Map.of(TaskClass.SCORE, broker.members()));
        ask();
    }

    /** Drops what it has asked, and asks anew: as cancelled and submitted again. */
    void withdraw() {
        tasks.withdrawUnanswered();
        begin();
    }

    private void read() {
        attemptsRead = someOf(broker.attempts().size(), attemptsRead, to -> broker.attempts().subList(attemptsRead, to)
                .forEach(tasks::receive));
        readResults(Math.min(broker.results().size(), resultsRead + random.nextInt(8)));
        if (!isDone() && asked.stream().allMatch(CompletableFuture::isDone)) {
            path.add(next(path, asked));
            if (!isDone()) {
                ask();
            }
        }
        if (!isDone()) {
            time.after(20 + random.nextInt(200), this::read);
        }
    }

    private int someOf(int size, int from, Consumer<Integer> reader) {
        int to = Math.min(size, from + random.nextInt(8));
        reader.accept(to);
        return to;
    }

    private void readResults(int to) {
        for (var result : List.copyOf(broker.results().subList(resultsRead, to))) {
            if (book.receive(result) == ResultBook.Receipt.FIRST) {
                told.accept(result);
                tasks.receive(result);
            }
        }
        resultsRead = to;
    }

    private void look() {
        tasks.look(Map.of(TaskClass.SCORE, broker.members()));
        if (!isDone()) {
            time.after(LOOK_MILLIS, this::look);
        }
    }

    private void lookForLost() {
        lost.look(tasks, broker::backlog);
        if (!isDone()) {
            time.after(LOOK_FOR_LOST_MILLIS, this::lookForLost);
        }
    }

    private void ask() {
        asked = tasks.submit(questions(path));
    }

    private static List<Task> questions(List<Integer> path) {
        int last = path.get(path.size() - 1);
        return IntStream.range(0, POPULATION).mapToObj(i -> SampleTasks.task((last * 7 + i * 3) % 500)).toList();
    }

    private static int next(List<Integer> path, List<CompletableFuture<Result>> answers) {
        int sum = path.get(path.size() - 1);
        for (var answer : answers) {
            sum = (sum * 31 + value(answer)) % 9973;
        }
        return sum;
    }

    private static int value(CompletableFuture<Result> answer) {
        try {
            return (int) Math.round(((Outcome.Loss) answer.join().outcome()).nats() * 1000);
        } catch (CompletionException e) {
            if (e.getCause() instanceof TaskGivenUp) {
                return GIVEN_UP;
            }
            throw e;
        }
    }
}
