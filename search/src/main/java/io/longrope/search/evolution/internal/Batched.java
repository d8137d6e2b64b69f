package io.longrope.search.evolution.internal;

import io.longrope.search.evolution.Measurement;
import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.Race;
import io.longrope.search.evolution.SearchResult.End;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.Trial;
import io.longrope.search.problem.Require;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * An optimizer that asks for a generation of trials, then for the next. It numbers the trials, keeps the budgets and fixes what each
 * trial may depend on; a method says which points make up a generation. All of it runs on the calling thread with one seeded generator,
 * so a search can be repeated.
 *
 * <p>Trials are asked for in rounds: usually a generation is one, but the last of a search that a token budget ends may take several,
 * each of as many trials as the budget surely reaches. A round that begins with trial k knows the losses of the trials up to
 * k − N − 1 and of no other, where N is how far the settings have it ask ahead: later losses stay aside even when they are told early.
 * So what is asked does not depend on the order of the answers, and while the slowest of the trials waited for is measured, up to N
 * later ones keep other workers busy. With N = 0 a round begins when everything before it is told.
 */
public abstract class Batched implements Optimizer {

    private final SearchSpace space;
    private final SearchSettings settings;
    private final int objectives;
    private final int spared;
    private final long generations;
    private final Predicate<List<Measurement>> gain;
    private final RandomGenerator random;
    private final Archive archive = new Archive();
    private final Novelty novelty;

    private int generation = -1;
    private Race race = Race.OFF;
    /** Of the generation begun last: to be asked for in later rounds. */
    private final Deque<Point> unasked = new ArrayDeque<>();
    /** Those not scored in full, the oldest first. */
    private final Deque<Scores> unscored = new ArrayDeque<>();
    private int steady;
    private End end;
    /** Of the round begun last: not handed out yet. */
    private final Deque<Trial> ready = new ArrayDeque<>();
    private final Set<Trial> open = new HashSet<>();
    private final Map<Integer, Measurement> told = new HashMap<>();
    /** The points of trials whose losses are not known, by number. */
    private final TreeMap<Integer, Point> pending = new TreeMap<>();
    private int asked;

    /** What is known of one generation. */
    private static final class Scores {

        private final Map<Point, Measurement> known = new LinkedHashMap<>();
        private int open;
        private boolean askedInFull;

        boolean isComplete() {
            return askedInFull && open == 0;
        }
    }

    /** For the lowest of one loss, until a budget ends the search. Racing spares who could still be among {@code spared} best. */
    protected Batched(SearchSpace space, SearchSettings settings, int spared) {
        this(space, settings, 1, spared, Long.MAX_VALUE, Survival.lowestLoss());
    }

    /**
     * @param objectives  losses of each trial
     * @param spared      racing spares who could still be among so many best
     * @param generations how many may follow the first
     * @param gain        whether a generation brought one; asked of each in turn
     */
    Batched(SearchSpace space, SearchSettings settings, int objectives, int spared, long generations, Predicate<List<Measurement>> gain) {
        this.space = space;
        this.settings = settings;
        this.objectives = objectives;
        this.spared = spared;
        this.generations = generations;
        this.gain = gain;
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(settings.seed());
        novelty = new Novelty(space, archive, random);
    }

    /** The points of the next generation; none where no untried point was found. */
    protected abstract List<Point> points();

    /** Whether the slopes of every loss are wanted too. */
    protected boolean wantsSlopes() {
        return false;
    }

    /** A generation is asked for in full and all of that is measured. */
    void scored(Map<Point, Measurement> measured) {
    }

    protected final SearchSpace space() {
        return space;
    }

    /** The only generator. */
    protected final RandomGenerator random() {
        return random;
    }

    /** What is known: the trials before those that {@link #pending} holds. */
    protected final Archive archive() {
        return archive;
    }

    protected final Novelty novelty() {
        return novelty;
    }

    /**
     * The points given. Draws once for each: so did the genotype of one gene that was made of each before searches could be asked ahead,
     * and a search that is not keeps the results it had.
     */
    protected final List<Point> drawn(List<Point> points) {
        points.forEach(point -> random.nextInt());
        return points;
    }

    /** Asked for, their losses not known, in the order in which they were asked. */
    protected final List<Point> pending() {
        return List.copyOf(pending.values());
    }

    /** Of the generation that the points asked of the method now are for; the first one is 0. */
    protected final int nextGeneration() {
        return generation + 1;
    }

    @Override
    public final int objectives() {
        return objectives;
    }

    @Override
    public final List<Trial> ask(int most) {
        Require.atLeast(1, most, "ask");
        if (ready.isEmpty()) {
            next();
        }
        var trials = new ArrayList<Trial>();
        while (trials.size() < most && !ready.isEmpty()) {
            var trial = ready.removeFirst();
            open.add(trial);
            trials.add(trial);
        }
        return trials;
    }

    @Override
    public final void tell(Trial trial, Measurement measurement) {
        Require.that(open.contains(trial), "trial", "must be one that was asked for and not told yet", trial);
        Require.that(measurement.losses().size() == objectives, "measurement.losses", "must be " + objectives, measurement.losses());
        open.remove(trial);
        told.put(trial.number(), measurement);
    }

    @Override
    public final End end() {
        return end == null ? End.EXHAUSTED : end;
    }

    /** Begins the next round, and for it the next generation where need be; none where something must be told first, or at the end. */
    private void next() {
        while (end == null && ready.isEmpty() && know(asked - settings.askAhead())) {
            int count = affordable(unasked.size());
            if (count > 0) {
                beginRound(count);
            } else if (archive.evaluations() < asked && affordable(1) <= 0) {
                // what is open may cost less than was set aside for it
                if (!know(archive.evaluations() + 1)) {
                    return;
                }
            } else {
                endGeneration();
                end = stopRule();
                if (end == null) {
                    beginGeneration();
                }
            }
        }
    }

    /** Takes in the losses of the first n trials in their order; false where one of them is not told yet. */
    private boolean know(int n) {
        while (archive.evaluations() < n) {
            var measurement = told.remove(archive.evaluations());
            if (measurement == null) {
                return false;
            }
            var point = pending.remove(archive.evaluations());
            archive.record(point, measurement);
            var scores = unscored.stream().filter(one -> one.open > 0).findFirst().orElseThrow();
            scores.open--;
            scores.known.put(point, measurement);
            judge();
        }
        return true;
    }

    private void judge() {
        while (!unscored.isEmpty() && unscored.peekFirst().isComplete()) {
            var known = unscored.removeFirst().known;
            steady = gain.test(List.copyOf(known.values())) ? 0 : steady + 1;
            scored(known);
        }
    }

    private void beginRound(int count) {
        for (int i = 0; i < count; i++) {
            var point = unasked.removeFirst();
            var trial = new Trial(asked++, generation, archive.samples(), space.candidate(point), race, wantsSlopes());
            pending.put(trial.number(), point);
            ready.add(trial);
        }
        unscored.getLast().open += count;
    }

    /** What the budget did not reach is left out. */
    private void endGeneration() {
        unasked.clear();
        if (!unscored.isEmpty()) {
            unscored.getLast().askedInFull = true;
            judge();
        }
    }

    private void beginGeneration() {
        var points = points();
        if (points.isEmpty()) {
            end = End.EXHAUSTED;
            return;
        }
        generation++;
        if (settings.freshSamples()) {
            archive.useFreshSamples();
        }
        unasked.addAll(points);
        unscored.add(new Scores());
        race = race();
    }

    private Race race() {
        var ladder = settings.ladder();
        var rival = settings.racing() ? Race.against(archive.ranked().stream().map(Archive.Entry::value).toList(), spared, ladder)
                : Race.OFF;
        return ladder.steps().isEmpty() ? rival
                : rival.over(ladder.bars(archive.entries().stream().map(Archive.Entry::value).toList()));
    }

    /** How many of the wanted may be measured at once, if each, and each that is open, costs as much as the costliest so far. */
    private int affordable(int wanted) {
        int left = settings.budget() / objectives - asked;
        return (int) Math.min(wanted, Math.min(left, archive.affordable(settings.maxTokens(), pending.size())));
    }

    private End stopRule() {
        if (generation >= generations) {
            return End.GENERATIONS;
        }
        if (asked >= settings.budget() / objectives) {
            return End.EVALUATIONS;
        }
        if (archive.affordable(settings.maxTokens(), pending.size()) <= 0) {
            return End.TOKENS;
        }
        return settings.patience() > 0 && steady >= settings.patience() ? End.PATIENCE : null;
    }
}
