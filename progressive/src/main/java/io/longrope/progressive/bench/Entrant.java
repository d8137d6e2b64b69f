package io.longrope.progressive.bench;

import io.longrope.search.evolution.Ladder;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.Require;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * An algorithm of a benchmark, where it searches and what it may spend.
 *
 * @param algorithm      the search algorithm's name
 * @param racing         hopeless candidates stop before all samples are measured
 * @param ladder         shorter lengths at which candidates are screened first, as multiples of the original length, ascending
 * @param space          what it may try
 * @param maxEvaluations of all samples, at least 1. With racing their tokens are what may be spent: on more candidates than these, as
 *                       each that stops early leaves tokens for others.
 */
public record Entrant(String algorithm, boolean racing, List<Integer> ladder, SpaceOptions space, int maxEvaluations) {

    static final int LADDER_SAMPLES = 2;
    private static final double LADDER_KEEP = 0.5;

    /** The algorithm all others are measured against. */
    public static final String REFERENCE = "longrope";

    private static final String RACING = "racing";
    private static final String LADDER = "ladder=";
    /** Evaluations of the paper's search. */
    public static final int PAPER_BUDGET = SearchSettings.builder().build().budget();
    private static final Map<String, Integer> BUDGETS = Map.of("adaptive", 134);

    public Entrant {
        boolean asksForSlopes = SearchAlgorithms.namedOfOneObjective(algorithm).asksForSlopes();
        Require.that(ladder.isEmpty() || !asksForSlopes, "--algorithms", "must have no ladder with " + algorithm, ladder);
        ladder = ladder.stream().sorted().toList();
        Require.that(ladder.stream().allMatch(factor -> factor > 1), "--algorithms", "must have a ladder of multiples above 1", ladder);
        Require.atLeast(1, maxEvaluations, "--max-evaluations");
    }

    /**
     * @param name    of the algorithm, then, each after a plus sign, racing where it may race and what {@link SpaceOptions} knows
     * @param budgets evaluations by name as given; where they say nothing, a tenth of the paper's for {@code adaptive}, the
     *                paper's 1,344 for the others
     */
    public static Entrant of(String name, Map<String, Integer> budgets) {
        var parts = name.split("\\+", -1);
        boolean racing = false;
        var ladder = List.<Integer>of();
        var space = SpaceOptions.PAPERS;
        for (var option : Arrays.asList(parts).subList(1, parts.length)) {
            racing |= option.equals(RACING);
            boolean isLadder = option.startsWith(LADDER);
            ladder = isLadder ? factors(option) : ladder;
            space = option.equals(RACING) || isLadder ? space : space.with(option);
        }
        var fallback = budgets.getOrDefault(parts[0], BUDGETS.getOrDefault(parts[0], PAPER_BUDGET));
        return new Entrant(parts[0], racing, ladder, space, budgets.getOrDefault(name, fallback));
    }

    private static List<Integer> factors(String option) {
        var text = option.substring(LADDER.length());
        Require.that(text.matches("\\d{1,6}(:\\d{1,6})*"), "--algorithms",
                "must give a ladder multiples of the original length, such as 4:8", option);
        return Arrays.stream(text.split(":")).map(Integer::valueOf).toList();
    }

    /** As {@link #of} reads it. */
    public String name() {
        var screened = ladder.stream().map(String::valueOf).collect(Collectors.joining(":"));
        return algorithm + (racing ? "+" + RACING : "") + (ladder.isEmpty() ? "" : "+" + LADDER + screened) + space.suffix();
    }

    /** The lengths of its ladder below a length, all as multiples of the original length. */
    List<Integer> screenedAt(int factor) {
        return ladder.stream().filter(shorter -> shorter < factor).toList();
    }

    /** At each of its lengths as many samples as a plan has by default. */
    Ladder steps(int factor) {
        return new Ladder(Collections.nCopies(screenedAt(factor).size(), LADDER_SAMPLES), LADDER_KEEP);
    }

    /** The largest λ it may try, as a multiple of the extension ratio. */
    double reach() {
        return SearchAlgorithms.namedOfOneObjective(algorithm).reach();
    }

    /** Candidates scored at most: with racing or a ladder each may take one sample of the length alone. */
    int maxCandidates(int samples) {
        return racing || !ladder.isEmpty() ? Math.multiplyExact(maxEvaluations, samples) : maxEvaluations;
    }

    /**
     * @param samples a search scores candidates on
     * @param length  of each in tokens
     * @param factor  the same as a multiple of the original length
     */
    SearchSettings settings(long seed, int samples, int length, int factor) {
        var settings = SearchSettings.builder().maxEvaluations(maxCandidates(samples)).racing(racing).ladder(steps(factor)).seed(seed);
        // where candidates do not cost alike tokens are what is equal between algorithms
        return racing || !ladder.isEmpty() || SearchAlgorithms.namedOfOneObjective(algorithm).asksForSlopes()
                ? settings.maxTokens((long) maxEvaluations * samples * length).build() : settings.build();
    }
}
