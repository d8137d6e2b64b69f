package io.longrope.progressive.stage;

import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.progressive.plan.JobPlan;
import io.longrope.progressive.plan.Lengths;
import io.longrope.progressive.plan.ModelShape;
import io.longrope.progressive.plan.PlanMemory;
import io.longrope.progressive.plan.PlanSurroundings;
import io.longrope.progressive.plan.SearchPlan;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Plural;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;
import io.longrope.search.work.Objective;
import io.longrope.search.work.SampleShare;
import io.longrope.search.work.ShortContext;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What must hold between the stages of a plan, and between the plan and the checkpoint, texts and devices it will meet. Goes through
 * the stages in their order; each says what it needs of those before it and what it leaves to those after it.
 */
public final class PlanCheck {

    /** Where neither checkpoint nor text can be seen: only the plan itself is checked. */
    public static final PlanSurroundings UNSEEN = new PlanSurroundings() {
        @Override
        public List<Problem> check(JobPlan plan) {
            return problems(plan, PlanFacts.UNSEEN);
        }
    };

    private final JobPlan plan;
    private final PlanFacts facts;
    private final Optional<RopeGeometry> geometry;
    private final List<Problem> problems = new ArrayList<>();
    private final TreeSet<Integer> searched = new TreeSet<>();
    private final List<String> tables = new ArrayList<>();
    private int tuned;
    private String path = "";

    private PlanCheck(JobPlan plan, PlanFacts facts) {
        this.plan = plan;
        this.facts = facts;
        this.geometry = facts.config().map(ModelConfig::rope).or(() -> plan.shape().map(ModelShape::geometry)).map(plan::geometry);
    }

    /** Everything that keeps the plan from running to its end, as far as the facts tell. */
    public static List<Problem> problems(JobPlan plan, PlanFacts facts) {
        var check = new PlanCheck(plan, facts);
        check.shape();
        check.names();
        var stages = Stage.of(plan);
        for (int i = 0; i < stages.size(); i++) {
            var stage = stages.get(i);
            check.path = "stages[" + i + "]." + stage.plan().kind() + ".";
            stage.check(check);
            Optional.ofNullable(facts.memory().get(stage.plan().name())).ifPresent(check.problems::add);
        }
        check.path = "report.";
        check.report();
        Optional.ofNullable(facts.memory().get(PlanMemory.REPORT)).ifPresent(check.problems::add);
        return check.problems;
    }

    JobPlan plan() {
        return plan;
    }

    PlanFacts facts() {
        return facts;
    }

    /** Of the base model; empty where neither checkpoint nor plan tells. */
    Optional<RopeGeometry> geometry() {
        return geometry;
    }

    /** The longest length a stage before has fine-tuned for; 0 where none has. */
    int tuned() {
        return tuned;
    }

    /** Lengths that stages before have searched tables for. */
    TreeSet<Integer> searched() {
        return searched;
    }

    /** What a stage leaves: tables. */
    void leavesTables(String stage, List<Integer> extended) {
        tables.add(stage);
        searched.addAll(extended);
    }

    /** What a stage leaves: a checkpoint tuned for a length. */
    void leavesCheckpoint(int length) {
        tuned = Math.max(tuned, length);
    }

    /** @param key of the stage that is being checked */
    void refuseUnless(boolean holds, String key, String rule, Object found, String wayOut) {
        if (!holds) {
            problems.add(new Problem(path + key, rule, String.valueOf(found), wayOut));
        }
    }

    /** Adds what is wrong with the plan elsewhere. */
    void add(Problem problem) {
        problems.add(problem);
    }

    /** Notes what a check of something smaller finds, under the key it names. */
    void noting(Runnable check) {
        try {
            check.run();
        } catch (BadInput e) {
            e.problems().forEach(problem -> refuseUnless(false, problem.name().replaceFirst("^(search|space)\\.", ""), problem.rule(),
                    problem.found(), problem.wayOut()));
        }
    }

    /** What every search needs, at its length or at each of them. */
    void search(SearchPlan search, String key, List<Integer> lengths) {
        search.start().ifPresent(start -> {
            start.stage().ifPresent(name -> refuseUnless(tables.contains(name), "start.stage",
                    "must be a search or recovery stage before it", name,
                    tables.isEmpty() ? "" : "before it: " + tables));
            geometry.ifPresent(found -> start.tables().forEach(table -> refuseUnless(table.candidate().factors().pairs() == found.pairs(),
                    "start",
                    "must have " + Plural.of(found.pairs(), "factor") + ", half the model's rotary dimension",
                    table.candidate().factors().pairs(),
                            "")));
        });
        for (int length : lengths) {
            if (search.objective() == Objective.NEEDLE) {
                facts.shortestNeedle().ifPresent(shortest -> refuseUnless(length >= shortest, key, "must be at least " + shortest
                        + ", which hold the prompt of objective needle", length, "objective: perplexity has no prompt"));
            }
            if (search.objective() == Objective.LONGPPL) {
                geometry.map(found -> ShortContext.of(found.originalLength()).tokens()).ifPresent(context -> refuseUnless(length > context,
                        key, "must be above the short context of objective longppl, " + context, length,
                        "objective: perplexity needs none"));
            }
            for (int shorter : search.screenedAt(length)) {
                geometry.ifPresent(found -> refuseUnless(shorter > found.originalLength(), "ladder.lengths",
                        "must be above the model's original length, " + found.originalLength(), shorter,
                        "within the window every table that leaves it alone does well"));
                room("ladder.lengths", SampleShare.SEARCH, search.ladder().orElseThrow().samples(), shorter);
            }
            room(key, SampleShare.SEARCH, plan.data().samples(SampleShare.SEARCH, length, search.samples()), length);
            room(key, SampleShare.SELECTION, plan.data().samples(SampleShare.SELECTION, length), length);
        }
    }

    /** The evaluation text must hold that many samples of a length in one of its shares. */
    void room(String key, SampleShare share, int count, int length) {
        facts.evaluation().ifPresent(texts -> {
            int prefix = facts.config().filter(config -> config.bosTokenId().isPresent()).isPresent() ? 1 : 0;
            long room = texts.room(share, length - prefix);
            refuseUnless(room >= count, key, "must leave room for " + Plural.of(count, "sample") + " in the "
                    + share.name().toLowerCase(Locale.ROOT)
                    + " share of " + plan.data().evaluation() + ", a third of it", length + ", room for " + room,
                    "give a longer text, fewer samples or a shorter length");
        });
    }

    private void shape() {
        if (plan.shape().isEmpty() || facts.config().isEmpty()) {
            return;
        }
        var config = facts.config().get();
        var found = new ModelShape(config.layers(), config.hiddenSize(), config.heads(), config.kvHeads(), config.rope().rotaryDim(),
                config.intermediateSize(), config.vocabSize(), config.rope().theta(), config.rope().originalLength());
        refuseUnless(found.equals(plan.shape().get()), "model", "must have the shape the plan states, " + plan.shape().get(), found, "");
    }

    private void names() {
        var names = new HashMap<String, Integer>();
        for (int i = 0; i < plan.stages().size(); i++) {
            var stage = plan.stages().get(i);
            var first = names.putIfAbsent(stage.name(), i);
            refuseUnless(first == null, "stages[" + i + "]." + stage.kind() + ".name", "must be unique", stage.name() + ", as stages["
                    + first + "]",
                    "give one of them a name of its own");
        }
    }

    private void report() {
        var report = plan.report();
        refuseUnless(tuned > 0 || report.fineTuned().isEmpty(), "fine-tuned", "must be empty in a plan without fine-tune stages",
                report.fineTuned(), "");
        report.lengths().forEach(length -> {
            withinSearched("lengths", length);
            room("lengths", SampleShare.REPORT, plan.data().samples(SampleShare.REPORT, length), length);
        });
        report.retrieval().ifPresent(retrieval -> {
            int shortest = retrieval.kinds().stream().mapToInt(kind -> facts.shortestPrompts().getOrDefault(kind, 0)).max().orElse(0);
            retrieval.lengths().forEach(length -> {
                withinSearched("retrieval.lengths", length);
                refuseUnless(length >= shortest, "retrieval.lengths",
                        "must be at least " + shortest + ", which hold every question and its answer", length, "");
            });
        });
    }

    private void withinSearched(String key, int length) {
        int largest = plan.largestLength().orElse(length);
        refuseUnless(length <= largest, key, "must be at most the largest length searched, " + largest, length, "");
    }

    /** For people, where a length is missing from those searched. */
    String searchedSoFar() {
        return searched.isEmpty() ? "" : "searched so far: " + searched.stream().map(Lengths::format).toList();
    }
}
