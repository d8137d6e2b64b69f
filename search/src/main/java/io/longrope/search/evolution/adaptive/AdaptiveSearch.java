package io.longrope.search.evolution.adaptive;

import io.longrope.search.evolution.Optimizer;
import io.longrope.search.evolution.SearchAlgorithm;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.evolution.internal.Archive;
import io.longrope.search.evolution.internal.Batched;
import io.longrope.search.evolution.internal.LogCoordinates;
import io.longrope.search.evolution.internal.RampFamily;
import io.longrope.search.evolution.internal.Stops;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.Point;
import io.longrope.search.space.SearchSpace;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * This project's own search, made for few evaluations. Three ideas carry it: known methods belong to one
 * {@link RampFamily} and the tables long searches end with to a {@link ShelfFamily}, so good regions are found by their few
 * parameters; beyond them single pairs matter, each on its own scale
 * ({@link LogCoordinates}); and a {@link LossModel} spends evaluations only where it cannot tell.
 *
 * <p>The very first points are the seeds and then come from the middle of the {@link ShelfFamily}, spread over where its rise may begin:
 * how
 * good a table a search ends with depends most on the handful it begins with. Later it proposes many more points than can be scored and
 * lets a {@link Screening} pick the batch. For a while all are members of the {@link RampFamily} or the {@link ShelfFamily}: a few numbers
 * decide which region is good, and curves of all pairs would only refine the region the first handful happened to find. Then samples of a
 * {@link ShapeDistribution} that follows the elite and {@link CoordinateMoves} of it come beside them. Asked ahead, for workers too many
 * to be busy with one batch, it decides less often and knowing less: it then lets a {@link Deepening} go on from the proposals, and is more
 * optimistic.
 *
 * <p>On five samples, with racing and the tokens of 67 evaluations, each of six to eight seeds passes what Microsoft's released
 * search comes to with 1,344 (median of its seeds) on three models of 16, 24 and 32 pairs at 4 or 8, 8 and 16, and 8 times the
 * window, the median one after 0.2 to 1.0 % of its tokens, with a better table on unseen text: progressive/docs/search-cost.md.
 */
public final class AdaptiveSearch extends Batched {

    public static final SearchAlgorithm ALGORITHM = new SearchAlgorithm() {

        @Override
        public String name() {
            return "adaptive";
        }

        @Override
        public boolean racesByDefault() {
            return true;
        }

        @Override
        public boolean asksAhead() {
            return true;
        }

        @Override
        public int evaluations(SearchSettings settings) {
            return settings.orEvaluations(EVALUATIONS).budget();
        }

        @Override
        public Optimizer start(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
            check(settings);
            return new AdaptiveSearch(space, settings.orEvaluations(EVALUATIONS), seeds);
        }
    };

    /** Where the settings name none: a tenth of the paper's. */
    private static final int EVALUATIONS = 134;
    /** Racing spares who could be the best or the second best: of the others the {@link LossModel} learns from few samples too. */
    private static final int SPARED = 2;
    /** Evaluations spent on members of the families alone, at most; of a small budget a third. */
    private static final int LONGEST_SCAN = 24;
    private static final int SCAN_SHARE = 3;
    private static final int SCAN_MEMBERS = 500;
    private static final int MEMBERS = 150;
    /** Of the members of both families. */
    private static final double CENTRAL_SHARE = 0.4;
    private static final int SAMPLES = 300;
    private static final int MOVES = 300;
    /** Standard deviations. */
    private static final double OPTIMISM = 2;
    private static final double OPTIMISM_AHEAD = 4;
    static final int ELITE = 4;
    private static final double NEW_START_TOKENS = 0.2;
    /** Curves are smooth over this share of the pairs at first. */
    private static final double SMOOTHNESS = 0.15;
    private static final double INDEPENDENT = 0.6;
    /** In steps of the {@link LogCoordinates}. */
    private static final double FIRST_STEP = 1;

    private final List<Candidate> seeds;
    private final int batch;
    /** Trials that are asked for before any loss is known. */
    private final int uninformed;
    private final int scan;
    private final LogCoordinates coordinates;
    private final ShapeDistribution distribution;
    private final CoordinateMoves moves;
    private final Screening screening;
    private final UnaryOperator<List<Point>> deepening;
    private double bestBefore = Double.POSITIVE_INFINITY;

    private AdaptiveSearch(SearchSpace space, SearchSettings settings, List<Candidate> seeds) {
        super(space, settings, SPARED);
        this.seeds = seeds;
        batch = settings.batch();
        uninformed = batch + settings.askAhead();
        scan = Math.min(LONGEST_SCAN, settings.maxEvaluations() / SCAN_SHARE);
        coordinates = new LogCoordinates(space);
        distribution = new ShapeDistribution(coordinates.smoothCovariance(SMOOTHNESS * space.pairs(), INDEPENDENT), FIRST_STEP);
        moves = new CoordinateMoves(space, coordinates, random());
        boolean ahead = settings.askAhead() > 0;
        screening = new Screening(new CurveFeatures(coordinates), archive(), ahead ? OPTIMISM_AHEAD : OPTIMISM);
        deepening = ahead ? new Deepening(screening, moves::from, random())::of : UnaryOperator.identity();
    }

    @Override
    protected List<Point> points() {
        return drawn(nextGeneration() == 0 ? first() : next());
    }

    private List<Point> first() {
        var first = new ArrayList<>(novelty().firstOf(seeds));
        first.addAll(first(Math.max(uninformed - first.size(), 0)));
        return first;
    }

    /** Up to {@code count} untried points to begin with, claimed. */
    private List<Point> first(int count) {
        if (!hasShelves()) {
            return novelty().claim(count, this::member, this::member);
        }
        return IntStream.range(0, count).boxed()
                .flatMap(part -> novelty().claim(1, () -> central((part + random().nextDouble()) / count), this::member).stream()).toList();
    }

    /** A model fine-tuned with a table has got over its jump: multipliers of that table want none. */
    private boolean hasShelves() {
        return space().base().isEmpty();
    }

    private List<Point> next() {
        var elite = archive().ranked().stream().limit(ELITE).map(Archive.Entry::point).toList();
        double best = archive().best().loss();
        distribution.learn(elite.stream().map(coordinates::of).toList(), best < bestBefore);
        bestBefore = best;
        if (!screening.isReady()) {
            return novelty().claim(batch, this::member, this::member);
        }
        var proposals = archive().evaluations() < scan ? repeated(SCAN_MEMBERS, this::member) : proposals(elite);
        var picked = new ArrayList<>(screening.pick(deepening.apply(proposals), pending(), batch));
        picked.addAll(novelty().claim(batch - picked.size(), () -> sample(elite), this::member));
        return picked;
    }

    private List<Point> proposals(List<Point> elite) {
        var proposals = repeated(MEMBERS, this::member);
        proposals.addAll(repeated(SAMPLES, () -> sample(elite)));
        proposals.addAll(repeated(MOVES, () -> moves.from(elite.get(random().nextInt(elite.size())))));
        return proposals;
    }

    private static List<Point> repeated(int count, Supplier<Point> way) {
        var points = new ArrayList<Point>(count);
        for (int i = 0; i < count; i++) {
            points.add(way.get());
        }
        return points;
    }

    /** @param onset where its rise begins: 0 the latest pair, 1 the earliest */
    private Point central(double onset) {
        return point(ShelfFamily.drawCentral(space(), onset, random()).logs(space().pairs()));
    }

    private Point member() {
        if (!hasShelves()) {
            return ramp();
        }
        if (random().nextDouble() < CENTRAL_SHARE) {
            return central(random().nextDouble());
        }
        return random().nextBoolean() ? ramp() : point(ShelfFamily.draw(space(), random()).logs(space().pairs()));
    }

    private Point ramp() {
        return point(RampFamily.draw(space(), random()).logs(space().pairs()));
    }

    /** The valid point nearest to a curve of ln λ, of which some pairs may be stopped, with the n̂ that has been best so far. */
    private Point point(double[] logs) {
        var steps = coordinates.of(Stops.some(space(), logs, random()), space().drawAttention(random()));
        int startTokens = archive().evaluations() == 0 ? space().startTokens().get(0) : archive().best().point().startTokens();
        return coordinates.point(steps, startTokens);
    }

    private Point sample(List<Point> elite) {
        int startTokens = random().nextDouble() < NEW_START_TOKENS ? space().drawStartTokens(random())
                : elite.get(random().nextInt(elite.size())).startTokens();
        return coordinates.point(distribution.sample(random()), startTokens);
    }
}
