package io.longrope.progressive.plan;

import io.longrope.search.work.Objective;
import io.longrope.search.work.ScoreTask;
import io.longrope.search.evolution.Ladder;
import io.longrope.search.evolution.SearchAlgorithms;
import io.longrope.search.evolution.SearchSettings;
import io.longrope.search.problem.Key;
import io.longrope.search.problem.KeyRule;
import io.longrope.search.problem.Require;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.space.SearchSpaceBuilder;

import java.util.List;
import java.util.Optional;

/**
 * How one search goes.
 *
 * @param settings how long and how wide; the seed is the job's affair
 * @param space    what may be tried
 */
public record SearchPlan(
        @Key(value = "adaptive needs fewest evaluations; longrope, longrope2: the papers'; random, cma-es, turbo and gradient to compare"
                + " with; per-layer bends the best table there is, for each layer by more or less; nsga2 with short-length.",
                form = "algorithm", byDefault = "adaptive") String algorithm,
        @Key(value = "What candidates are compared by: perplexity; needle,"
                + " that of a number hidden in each sample and asked for at its end; or longppl, that of the tokens which text farther back"
                + " than half the original length helps an evaluator to predict.",
                byDefault = "= needle with longrope2 but in a recovery, otherwise perplexity") Objective objective,
        @Key(flat = true) SearchSettings settings,
        @Key(value = "Samples of the search share each candidate is scored on.", byDefault = "= data.samples.search",
                atLeast = 1) int samples,
        @Key(flat = true) SpacePlan space,
        @Key(value = "nsga2: the second length each candidate is scored at, for one table that serves both; 0 = none.", byDefault = "0",
                form = "length", atLeast = 0) int shortLength,
        @Key(value = "nsga2: how much worse than the best, as a share, the table picked may be at the short length.", byDefault = "0.02",
                atLeast = 0)
        double shortTolerance,
        @Key("A table to start from: FILE beside the plan, {file: FILE, length: 128k} for a CSV,"
                + " or {stage: NAME} for what an earlier stage found; its factors become part of the plan."
                + " Left out: known methods only.") Optional<StartPlan> start,
        @Key(value = "Known methods that it starts from and its finalists must beat, beside the tables there are.", form = "method",
                byDefault = "[pi, ntk, yarn, dynamic-ntk]") List<String> rivals,
        @Key("longppl: another checkpoint as the evaluator, below the models root, of any tokenizer. Left out: the base.")
        Optional<String> evaluator,
        @Key(value = "longppl: the method the evaluator is run with; it is not judged itself."
                + " Left out: yarn on the base, what its config.json says on another checkpoint.", form = "method")
        Optional<String> evaluatorMethod,
        @Key("Screen candidates at shorter lengths first; left out, or without lengths: none.") Optional<LadderPlan> ladder) {

    private static final String LONGROPE2 = "longrope2";

    public SearchPlan {
        KeyRule.require(SearchPlan.class, algorithm, objective, settings, samples, space, shortLength, shortTolerance, start, rivals,
                evaluator, evaluatorMethod, ladder);
        rivals = rivals.stream().distinct().toList();
    }

    /** The algorithms a plan can name. */
    public static List<String> algorithms() {
        return SearchAlgorithms.names();
    }

    /** Needles are LongRoPE2's fitness (its §3.2); every other algorithm's is perplexity. */
    static Objective usualObjective(String algorithm) {
        return algorithm.equals(LONGROPE2) ? Objective.NEEDLE : Objective.PERPLEXITY;
    }

    /** Whether an algorithm stops hopeless candidates where a plan says nothing of it; the paper's measure every candidate in full. */
    static boolean usuallyRaces(String algorithm) {
        return SearchAlgorithms.names().contains(algorithm) && SearchAlgorithms.named(algorithm).racesByDefault();
    }

    /** Every candidate is scored at two lengths, and the search keeps the front between them. */
    public boolean isPareto() {
        return SearchAlgorithms.named(algorithm).objectives() > 1;
    }

    /** What it finds has a table for each layer. */
    public boolean isPerLayer() {
        return SearchAlgorithms.named(algorithm).isPerLayer();
    }

    /** Every candidate is scored with its gradient. */
    public boolean asksForSlopes() {
        return SearchAlgorithms.named(algorithm).asksForSlopes();
    }

    /** Passes of each sample that an evaluation of the search takes. */
    public int passes() {
        return asksForSlopes() ? ScoreTask.GRADIENT_PASSES : 1;
    }

    /** Evaluations the search asks for at most. */
    public int evaluations() {
        return SearchAlgorithms.named(algorithm).evaluations(settings);
    }

    /** The shorter lengths that candidates of a search for a length are screened at, the shortest first. */
    public List<Integer> screenedAt(int length) {
        return ladder.map(given -> given.below(length)).orElse(List.of());
    }

    /** The steps of a search for a length. */
    public Ladder ladder(int length) {
        return ladder.map(given -> given.steps(length)).orElse(Ladder.NONE);
    }

    /** What may be tried for an extension ratio, up to as many times it as the algorithm wants where the plan sets no other end. */
    public SearchSpaceBuilder space(RopeGeometry geometry, double extensionRatio) {
        return space.builder(geometry, extensionRatio, SearchAlgorithms.named(algorithm).reach());
    }

    /** What must hold between the parts once a stage has had its say. */
    SearchPlan checked() {
        if (isPareto()) {
            Require.that(shortLength > 0, "short-length", "must be given for algorithm " + algorithm, "missing");
            Require.that(objective == Objective.PERPLEXITY, "objective", "must be perplexity for algorithm " + algorithm,
                    SectionWriter.key(objective));
        } else {
            Require.that(shortLength == 0, "algorithm", "must be nsga2 where short-length is given", algorithm);
        }
        if (asksForSlopes()) {
            Require.that(objective == Objective.PERPLEXITY, "objective", "must be perplexity for algorithm " + algorithm
                    + ", whose gradient is known", SectionWriter.key(objective));
        }
        if (ladder.isPresent() && !ladder.get().lengths().isEmpty()) {
            Require.that(!isPareto() && !asksForSlopes(), "ladder", "must be left out for algorithm " + algorithm, ladder.get().lengths());
            Require.that(objective == Objective.PERPLEXITY, "ladder", "must be left out where objective is not perplexity",
                    SectionWriter.key(objective));
            Require.that(!settings.freshSamples(), "ladder",
                    "must be left out where every generation has fresh samples: its bars come from earlier ones", ladder.get().lengths());
        }
        SearchAlgorithms.named(algorithm).check(settings);
        if (algorithm.equals(LONGROPE2)) {
            Require.that(space.monotone(), "monotone", "must be true for algorithm " + LONGROPE2, false);
            Require.that(space.groups() == 0, "groups", "must be 0 for algorithm " + LONGROPE2 + ", which has a shape of its own",
                    space.groups());
            Require.that(space.mayStop() == 0, "may-stop", "must be 0 for algorithm " + LONGROPE2 + ", which has a shape of its own",
                    space.mayStop());
        }
        return this;
    }
}
