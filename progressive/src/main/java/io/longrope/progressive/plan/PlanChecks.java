package io.longrope.progressive.plan;

import io.longrope.search.work.Objective;
import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Problem;
import io.longrope.search.rope.RopeGeometry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** What must hold between the parts of a plan, and between a plan and the checkpoint and texts it names. */
final class PlanChecks {

    private final JobPlan plan;
    private final List<Problem> problems = new ArrayList<>();
    private final HashSet<Integer> searched = new HashSet<>();
    private final List<String> stagesBefore = new ArrayList<>();
    private int tuned;
    private boolean modelSeen;

    PlanChecks(JobPlan plan) {
        this.plan = plan;
    }

    List<Problem> problems(PlanSurroundings surroundings) {
        names();
        var geometry = geometry(surroundings);
        texts(surroundings, plan.data(), problems);
        for (int i = 0; i < plan.stages().size(); i++) {
            var stage = plan.stages().get(i);
            stage("stages[" + i + "]." + stage.kind(), stage, geometry);
            if (!(stage instanceof FineTuneStagePlan)) {
                stagesBefore.add(stage.name());
            }
        }
        if (modelSeen) {
            needles(surroundings);
        }
        refuseUnless(tuned > 0 || plan.report().fineTuned().isEmpty(), "report.fine-tuned", "must be empty in a plan without fine-tune stages",
                plan.report().fineTuned(), "");
        int largest = plan.largestLength().orElse(0);
        for (int length : plan.report().lengths()) {
            refuseUnless(largest == 0 || length <= largest, "report.lengths", "must be at most the largest length searched, " + largest, length, "");
        }
        plan.report().passkey().ifPresent(passkey -> passkey.lengths().forEach(length -> refuseUnless(largest == 0 || length <= largest,
                "report.passkey.lengths", "must be at most the largest length searched, " + largest, length, "")));
        return problems;
    }

    private void names() {
        var names = new HashMap<String, Integer>();
        for (int i = 0; i < plan.stages().size(); i++) {
            var stage = plan.stages().get(i);
            var first = names.putIfAbsent(stage.name(), i);
            refuseUnless(first == null, "stages[" + i + "]." + stage.kind() + ".name", "must be unique", stage.name() + ", as stages[" + first + "]",
                    "give one of them a name of its own");
        }
    }

    private Optional<RopeGeometry> geometry(PlanSurroundings surroundings) {
        var expected = plan.shape().map(ModelShape::geometry);
        var found = new ArrayList<RopeGeometry>();
        noting(problems, () -> surroundings.geometry(plan.model()).ifPresent(found::add));
        modelSeen = !found.isEmpty();
        if (!found.isEmpty() && expected.isPresent()) {
            refuseUnless(found.get(0).equals(expected.get()), "model", "must have the rotary geometry the plan's shape states, " + expected.get(),
                    found.get(0), "");
        }
        return found.stream().findFirst().or(() -> expected).map(plan::geometry);
    }

    private static void texts(PlanSurroundings surroundings, DataPlan data, List<Problem> problems) {
        data.training().ifPresent(text -> noting(problems, () -> surroundings.checkText(text)));
        noting(problems, () -> surroundings.checkText(data.evaluation()));
    }

    private void stage(String path, StagePlan stage, Optional<RopeGeometry> geometry) {
        int original = geometry.map(RopeGeometry::originalLength).orElse(0);
        geometry.ifPresent(found -> noting(path, () -> space(stage, found)));
        if (stage instanceof SearchStagePlan search) {
            refuseUnless(search.length() > original, path + ".length", "must be above the model's original length, " + original, search.length(), "");
            refuseUnless(!search.multipliers() || tuned > 0, path + ".multipliers", "must come after a fine-tune stage, whose table is multiplied", true, "");
            refuseUnless(search.on() == SearchStagePlan.On.BASE || search.length() >= tuned, path + ".length",
                    "must be at least the length fine-tuned before it, " + tuned, search.length(), "use a recovery stage for shorter lengths");
            start(path, search.search(), geometry);
            searched.add(search.length());
        } else if (stage instanceof FineTuneStagePlan tune) {
            refuseUnless(plan.data().training().isPresent(), "data.training", "must be given where a stage fine-tunes", "missing", "");
            refuseUnless(searched.contains(tune.length()), path + ".length", "must be a length searched by a stage before it", tune.length(),
                    searched.isEmpty() ? "" : "searched so far: " + searched.stream().sorted().map(Lengths::format).toList());
            refuseUnless(tune.length() >= tuned, path + ".length", "must be at least the length fine-tuned before it, " + tuned, tune.length(), "");
            tuned = Math.max(tuned, tune.length());
        } else if (stage instanceof RecoveryStagePlan recovery) {
            int largest = searched.stream().mapToInt(Integer::intValue).max().orElse(0);
            for (int length : recovery.lengths()) {
                refuseUnless(length < largest, path + ".lengths", "must be below the largest length searched before it, " + largest, length, "");
            }
            start(path, recovery.search(), geometry);
        }
    }

    /** A needle has a prompt around it. */
    private void needles(PlanSurroundings surroundings) {
        if (plan.stages().stream().noneMatch(stage -> stage.objective() == Objective.NEEDLE)) {
            return;
        }
        noting(problems, () -> surroundings.shortestNeedle(plan.model()).ifPresent(shortest -> {
            for (int i = 0; i < plan.stages().size(); i++) {
                var stage = plan.stages().get(i);
                if (stage.objective() == Objective.NEEDLE) {
                    var path = "stages[" + i + "]." + stage.kind() + (stage instanceof RecoveryStagePlan ? ".lengths" : ".length");
                    lengths(stage).forEach(length -> refuseUnless(length >= shortest, path, "must be at least " + shortest
                            + ", which hold the prompt of objective needle", length, "objective: perplexity has no prompt"));
                }
            }
        }));
    }

    private static List<Integer> lengths(StagePlan stage) {
        return stage instanceof RecoveryStagePlan recovery ? recovery.lengths() : List.of(((SearchStagePlan) stage).length());
    }

    /** Builds every space a stage will search. */
    private void space(StagePlan stage, RopeGeometry geometry) {
        int tunedBefore = tuned == 0 ? geometry.originalLength() : tuned;
        if (stage instanceof SearchStagePlan search) {
            search.space(geometry, tunedBefore).attentionFactor(search.search().space().attention().at(geometry, search.length())).build();
        } else if (stage instanceof RecoveryStagePlan recovery) {
            recovery.lengths().forEach(length -> recovery.space(geometry, length, tunedBefore).build());
        }
    }

    private void start(String path, SearchPlan search, Optional<RopeGeometry> geometry) {
        search.start().ifPresent(start -> {
            start.stage().ifPresent(name -> refuseUnless(stagesBefore.contains(name), path + ".start.stage",
                    "must be a search or recovery stage before it", name, stagesBefore.isEmpty() ? "" : "before it: " + stagesBefore));
            geometry.ifPresent(found -> start.tables().forEach(table -> refuseUnless(table.candidate().factors().pairs() == found.pairs(), path + ".start",
                    "must have " + found.pairs() + " factors, half the model's rotary dimension", table.candidate().factors().pairs(), "")));
        });
    }

    private void noting(String path, Runnable check) {
        try {
            check.run();
        } catch (BadInput e) {
            e.problems().forEach(problem -> refuseUnless(false, path + "." + problem.name().replaceFirst("^(search|space)\\.", ""), problem.rule(),
                    problem.found(), problem.wayOut()));
        }
    }

    private void refuseUnless(boolean holds, String name, String rule, Object found, String wayOut) {
        if (!holds) {
            problems.add(new Problem(name, rule, String.valueOf(found), wayOut));
        }
    }

    private static void noting(List<Problem> problems, Runnable check) {
        try {
            check.run();
        } catch (BadInput e) {
            problems.addAll(e.problems());
        }
    }
}
