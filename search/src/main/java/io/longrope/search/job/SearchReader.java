package io.longrope.search.job;

import com.fasterxml.jackson.databind.JsonNode;
import io.longrope.search.work.Objective;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.BadInput;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The keys of a search, over what holds where they are missing. */
final class SearchReader {

    private final StartReader starts;

    SearchReader(StartReader starts) {
        this.starts = starts;
    }

    /**
     * @param objective of an algorithm, where the section names none
     * @throws BadInput when values that are right by themselves do not go together
     */
    SearchPlan read(PlanSection section, SearchPlan defaults, Function<String, Objective> objective) {
        var algorithm = section.value("algorithm", defaults.algorithm(), "must be one of " + String.join(", ", SearchPlan.algorithms()),
                value -> Optional.of(value.asText()).filter(SearchPlan.algorithms()::contains));
        return new SearchPlan(algorithm, section.choice("objective", objective.apply(algorithm), Objective.class),
                settings(section, algorithm, defaults), space(section, defaults.space()),
                section.count("samples", defaults.samples(), 1), section.has("short-length") ? section.length("short-length", null) : defaults.shortLength(),
                section.number("short-tolerance", defaults.shortTolerance(), 0, true, Double.MAX_VALUE), starts.read(section, defaults.start()));
    }

    private static SearchSettings settings(PlanSection section, String algorithm, SearchPlan defaults) {
        var known = defaults.settings();
        // the paper's searches measure every candidate in full; naming an algorithm brings its own habit
        boolean races = algorithm.equals(defaults.algorithm()) ? known.racing()
                : SearchAlgorithms.named(algorithm).racesByDefault();
        long maxTokens = section.whole("max-tokens", plan(known.maxTokens()), 0, Long.MAX_VALUE);
        return SearchSettings.builder().population(section.count("population", known.population(), 1))
                .generations(section.count("generations", known.generations(), 0)).mutations(section.count("mutations", known.mutations(), 0))
                .crossovers(section.count("crossovers", known.crossovers(), 0)).parents(section.count("parents", known.parents(), 1))
                .mutationProbability(section.number("probability", known.mutationProbability(), 0, false, 1))
                .batch(section.count("batch", known.batch(), 1)).maxEvaluations(section.count("max-evaluations", known.maxEvaluations(), 0))
                .maxTokens(maxTokens == 0 ? Long.MAX_VALUE : maxTokens).patience(section.count("patience", known.patience(), 0))
                .finalists(section.count("finalists", known.finalists(), 1)).racing(section.flag("racing", races))
                .criticalPair(section.count("critical-pair", known.criticalPair(), 0))
                .freshSamples(section.flag("fresh-samples", known.freshSamples())).seed(known.seed()).build();
    }

    /** A plan writes 0 for no limit. */
    static long plan(long maxTokens) {
        return maxTokens == Long.MAX_VALUE ? 0 : maxTokens;
    }

    private static SpacePlan space(PlanSection section, SpacePlan defaults) {
        return new SpacePlan(section.number("grid", defaults.grid(), 0, true, 1), section.flag("monotone", defaults.monotone()),
                section.list("start-tokens", defaults.startTokens(), "must be a list of whole numbers of at least 0",
                        value -> value.canConvertToInt() && value.isIntegralNumber() && value.intValue() >= 0 ? Optional.of(value.intValue()) : Optional.empty()),
                section.value("attention", defaults.attention(), AttentionPlan.FORM, AttentionPlan::read),
                section.number("reach", defaults.reach(), 0, true, Double.MAX_VALUE), section.number("min-factor", defaults.minFactor(), 0, false, Double.MAX_VALUE),
                section.number("max-factor", defaults.maxFactor(), 0, true, Double.MAX_VALUE), bounds(section, defaults.bounds()));
    }

    private static List<SpacePlan.PairBounds> bounds(PlanSection section, List<SpacePlan.PairBounds> defaults) {
        if (!section.has("bounds")) {
            return defaults;
        }
        return section.list("bounds", defaults, "must be a list such as [{pairs: [0, 9], factors: [1, 1.2]}], pairs counting from 0", SearchReader::bounds);
    }

    private static Optional<SpacePlan.PairBounds> bounds(JsonNode item) {
        var pairs = item.path("pairs");
        var factors = item.path("factors");
        boolean formed = item.size() == 2 && pairs.size() == 2 && factors.size() == 2 && pairs.get(0).isInt() && pairs.get(1).isInt()
                && factors.get(0).isNumber() && factors.get(1).isNumber();
        try {
            return formed ? Optional.of(new SpacePlan.PairBounds(pairs.get(0).intValue(), pairs.get(1).intValue(), factors.get(0).doubleValue(),
                    factors.get(1).doubleValue())) : Optional.empty();
        } catch (BadInput e) {
            return Optional.empty();
        }
    }
}
