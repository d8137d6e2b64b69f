package io.longrope.progressive.bench;

import io.longrope.evaluator.metric.Crop;
import io.longrope.progressive.bench.CurvePoint.Kind;
import io.longrope.progressive.local.LocalWork;
import io.longrope.progressive.report.PassCost;
import io.longrope.progressive.report.Quantities;
import io.longrope.progressive.stage.Evaluation;
import io.longrope.progressive.stage.KnownMethods;
import io.longrope.progressive.stage.Scoring;
import io.longrope.progressive.stage.TokensByLength;
import io.longrope.progressive.stage.TrialLosses;
import io.longrope.search.work.Objective;
import io.longrope.search.work.Sample;
import io.longrope.search.work.SampleShare;
import io.longrope.search.evolution.Rungs;
import io.longrope.search.evolution.SearchCurve;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.space.Candidate;
import io.longrope.search.space.SearchSpace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Searches one checkpoint with several algorithms, seeds and lengths over the same samples, by perplexity whatever an
 * algorithm's own objective is. Each search is run anew over
 * the scores that are known, so one that was interrupted goes on where it stopped, and searches share scores.
 */
public final class SearchBench {

    /** The best so far is measured on unseen samples after 8, 16, 32, … evaluations and at the end. */
    private static final int FIRST_SET_POINT = 8;

    private static final Logger LOG = LoggerFactory.getLogger(SearchBench.class);

    private final SearchBenchSettings settings;
    private final LocalWork local;
    private final BenchDirectory directory;
    private final Scoring scoring;

    public SearchBench(SearchBenchSettings settings, LocalWork local, BenchDirectory directory) {
        this.settings = settings;
        this.local = local;
        this.directory = directory;
        this.scoring = local.scoring().by(Objective.PERPLEXITY);
    }

    /** What needs no search, on its own: the methods every search starts from, and crop, which a longer window must beat. */
    public void seeds(int factor) throws IOException, InterruptedException {
        int length = length(factor);
        var candidates = List.copyOf(methods(length).values());
        var search = measured(SampleShare.SEARCH, length, candidates);
        var selection = measured(SampleShare.SELECTION, length, candidates);
        var report = measured(SampleShare.REPORT, length, candidates);
        long tokens = (long) settings.samples().get(SampleShare.SEARCH) * length;
        for (var method : methods(length).entrySet()) {
            var candidate = method.getValue();
            directory.replace(List.of(new CurvePoint(method.getKey(), 0, factor, Kind.SEED, 1, tokens, search.get(candidate),
                    OptionalDouble.of(selection.get(candidate)), OptionalDouble.of(report.get(candidate)))));
            LOG.info("{}× · {} · search {} · unseen {}", factor, method.getKey(), Quantities.perplexity(search.get(candidate)),
                    Quantities.perplexity(report.get(candidate)));
        }
        crop(factor);
    }

    private void crop(int factor) throws IOException, InterruptedException {
        int length = length(factor);
        var search = cropped(SampleShare.SEARCH, length);
        double selection = cropped(SampleShare.SELECTION, length).perplexity();
        double report = cropped(SampleShare.REPORT, length).perplexity();
        directory.replace(List.of(new CurvePoint(Crop.NAME, 0, factor, Kind.SEED, 1, search.tokens(), search.perplexity(),
                OptionalDouble.of(selection), OptionalDouble.of(report))));
        LOG.info("{}× · {} · search {} · unseen {}", factor, Crop.NAME, Quantities.perplexity(search.perplexity()),
                Quantities.perplexity(report));
    }

    private Evaluation cropped(SampleShare share, int length) throws InterruptedException {
        return scoring.cropped(local.geometry().originalLength()).evaluate(local.model(), samples(share, length), List.of(local.own()))
                .get(0);
    }

    /** One algorithm with one seed at one length. */
    public void search(Entrant entrant, long seed, int factor) throws IOException, InterruptedException {
        int length = length(factor);
        var samples = samples(SampleShare.SEARCH, length);
        var search = entrant.settings(seed, samples.size(), length, factor);
        var all = Stream.concat(screening(entrant, factor), samples.stream()).toList();
        var tokens = new TokensByLength();
        var scorer = new Rungs(search.rungs(), search.ladder(), new TrialLosses(scoring, local.model(), draw -> all, tokens));
        var curve = SearchCurve.of(entrant.algorithm(), space(entrant, length), search,
                List.copyOf(methods(length).values()), scorer);
        var points = points(entrant, seed, factor, curve);
        directory.replace(points);
        var chosen = points.get(points.size() - 1);
        LOG.atInfo().addKeyValue("algorithm", entrant.name()).addKeyValue("seed", seed).addKeyValue("factor", factor)
                .log("{}× · {} seed {} · {} evaluations, {} tokens, {} FLOPs · search {} · selection {} · unseen {}", factor,
                        entrant.name(), seed, chosen.evaluations(), Quantities.brief(chosen.tokens()),
                        Quantities.operations(tokens.operations(new PassCost(local.config())::operations)),
                        Quantities.perplexity(Math.exp(curve.finalLoss())),
                        Quantities.perplexity(chosen.selection().getAsDouble()), Quantities.perplexity(chosen.report().getAsDouble()));
    }

    private Stream<Sample> screening(Entrant entrant, int factor) {
        return entrant.screenedAt(factor).stream()
                .flatMap(shorter -> scoring.samples(SampleShare.SEARCH, Entrant.LADDER_SAMPLES, length(shorter)).stream());
    }

    /** How many samples a search runs through the model at most: its own, those finalists are chosen on, and those of the curve. */
    public static long samples(Entrant entrant, int search, int selection, int report) {
        int setPoints = 1;
        for (int at = FIRST_SET_POINT; at < entrant.maxCandidates(search); at *= 2) {
            setPoints++;
        }
        return (long) entrant.maxEvaluations() * search + (long) (setPoints + SearchSettings.builder().build().finalists()) * selection
                + (setPoints + 1L) * report;
    }

    private List<CurvePoint> points(Entrant entrant, long seed, int factor, SearchCurve curve) throws InterruptedException {
        int length = length(factor);
        int last = curve.best().size();
        var unseen = new LinkedHashSet<Candidate>();
        for (int i = 0; i < last; i++) {
            if (isSetPoint(i + 1, last)) {
                unseen.add(curve.best().get(i));
            }
        }
        var wanted = new LinkedHashSet<>(unseen);
        wanted.addAll(curve.finalists());
        var selection = measured(SampleShare.SELECTION, length, wanted);
        var chosen = curve.finalists().stream().reduce((first, second) -> selection.get(second) < selection.get(first) ? second : first)
                .orElseThrow();
        unseen.add(chosen);
        var report = measured(SampleShare.REPORT, length, unseen);
        var points = new ArrayList<CurvePoint>();
        for (int i = 0; i < last; i++) {
            boolean set = isSetPoint(i + 1, last);
            if (set || i == 0 || curve.bestLosses().get(i) < curve.bestLosses().get(i - 1)) {
                points.add(new CurvePoint(entrant.name(), seed, factor, Kind.BEST, i + 1, curve.tokens().get(i),
                        Math.exp(curve.bestLosses().get(i)),
                        set ? OptionalDouble.of(selection.get(curve.best().get(i))) : OptionalDouble.empty(),
                        set ? OptionalDouble.of(report.get(curve.best().get(i))) : OptionalDouble.empty()));
            }
        }
        points.add(new CurvePoint(entrant.name(), seed, factor, Kind.CHOSEN, last, curve.tokens().get(last - 1),
                measured(SampleShare.SEARCH, length, Set.of(chosen)).get(chosen),
                OptionalDouble.of(selection.get(chosen)), OptionalDouble.of(report.get(chosen))));
        return points;
    }

    private static boolean isSetPoint(int evaluations, int last) {
        return evaluations == last || evaluations >= FIRST_SET_POINT && Integer.bitCount(evaluations) == 1;
    }

    private SearchSpace space(Entrant entrant, int length) {
        double ratio = local.geometry().extensionRatio(length);
        return entrant.space().of(local.geometry(), length).range(1, Math.max(1, entrant.reach() * ratio))
                .layers(local.config().layers()).build();
    }

    private Map<String, Candidate> methods(int length) {
        var methods = new LinkedHashMap<String, Candidate>();
        settings.from().forEach(method -> methods.put(method, KnownMethods.candidate(method, local.geometry(), length)));
        return methods;
    }

    /** Perplexities by candidate. */
    private Map<Candidate, Double> measured(SampleShare share, int length, Iterable<Candidate> candidates) throws InterruptedException {
        var all = new ArrayList<Candidate>();
        candidates.forEach(all::add);
        var scores = scoring.evaluate(local.model(), samples(share, length), all);
        var measured = new LinkedHashMap<Candidate, Double>();
        for (int i = 0; i < all.size(); i++) {
            measured.put(all.get(i), scores.get(i).perplexity());
        }
        return measured;
    }

    private List<Sample> samples(SampleShare share, int length) {
        return scoring.samples(share, settings.samples().get(share), length);
    }

    private int length(int factor) {
        return Math.multiplyExact(local.geometry().originalLength(), factor);
    }
}
