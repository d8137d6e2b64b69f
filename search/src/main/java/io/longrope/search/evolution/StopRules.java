package io.longrope.search.evolution;

import io.jenetics.AnyGene;
import io.jenetics.engine.EvolutionResult;
import io.jenetics.engine.Limits;
import io.longrope.search.space.Point;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Says after each generation whether another one follows, and remembers which rule ended the search. Carries state: one
 * instance per search.
 */
final class StopRules implements Predicate<EvolutionResult<AnyGene<Point>, Double>> {

    private final Map<SearchResult.End, Predicate<? super EvolutionResult<AnyGene<Point>, Double>>> proceed =
            new EnumMap<>(SearchResult.End.class);
    private SearchResult.End end;
    private int evaluationsBefore;

    /**
     * @param generations how many may follow the first population
     */
    StopRules(SearchSettings settings, Archive archive, long generations) {
        proceed.put(SearchResult.End.GENERATIONS, result -> result.generation() < generations);
        proceed.put(SearchResult.End.EVALUATIONS, result -> archive.evaluations() < settings.budget());
        proceed.put(SearchResult.End.TOKENS, result -> archive.affordable(settings.maxTokens()) > 0);
        proceed.put(SearchResult.End.PATIENCE, settings.patience() == 0 ? Limits.infinite() : Limits.<Double>bySteadyFitness(settings.patience()));
        proceed.put(SearchResult.End.EXHAUSTED, result -> grew(archive.evaluations()));
    }

    @Override
    public boolean test(EvolutionResult<AnyGene<Point>, Double> result) {
        for (var rule : proceed.entrySet()) {
            if (!rule.getValue().test(result)) {
                end = rule.getKey();
                return false;
            }
        }
        return true;
    }

    /** The rule that ended the search. */
    SearchResult.End end() {
        return end;
    }

    private boolean grew(int evaluations) {
        boolean grew = evaluations > evaluationsBefore;
        evaluationsBefore = evaluations;
        return grew;
    }
}
