package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.work.Objective;
import io.longrope.search.work.SampleShare;

import java.util.List;

/** The effective plan as a tree: the keys of the YAML form, every default written out. */
final class PlanWriter {

    private PlanWriter() {
    }

    static ObjectNode tree(JobPlan plan) {
        var tree = JsonNodeFactory.instance.objectNode();
        tree.put("schema", JobPlan.SCHEMA).put("name", plan.name()).put("seed", plan.seed()).put("model", plan.model());
        if (plan.shape() != null) {
            shape(tree.putObject("shape"), plan.shape());
        }
        if (plan.originalLength() > 0) {
            tree.put("original-length", plan.originalLength());
        }
        tree.put("precision", key(plan.precision()));
        data(tree.putObject("data"), plan.data());
        var stages = tree.putArray("stages");
        plan.stages().forEach(stage -> stage(stages.addObject().putObject(stage.kind()), stage));
        var report = tree.putObject("report");
        numbers(report.putArray("lengths"), plan.report().lengths());
        plan.report().methods().forEach(report.putArray("methods")::add);
        if (!plan.report().fineTuned().isEmpty()) {
            plan.report().fineTuned().forEach(report.putArray("fine-tuned")::add);
        }
        plan.report().passkey().ifPresent(passkey -> {
            var node = report.putObject("passkey");
            numbers(node.putArray("lengths"), passkey.lengths());
            passkey.depths().forEach(node.putArray("depths")::add);
            node.put("trials", passkey.trials());
        });
        return tree;
    }

    /** The name a constant has in plans. */
    static String key(Enum<?> constant) {
        try {
            return constant.getDeclaringClass().getField(constant.name()).getAnnotation(JsonProperty.class).value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException("a constant is a field of its class", e);
        }
    }

    private static void shape(ObjectNode node, ModelShape shape) {
        node.put("layers", shape.layers()).put("hidden", shape.hidden()).put("heads", shape.heads())
                .put("key-value-heads", shape.keyValueHeads()).put("head-dim", shape.headDim())
                .put("feed-forward", shape.feedForward()).put("vocabulary", shape.vocabulary())
                .put("theta", shape.theta()).put("window", shape.window());
    }

    private static void data(ObjectNode node, DataPlan data) {
        if (data.training() != null) {
            node.put("training", data.training());
        }
        node.put("evaluation", data.evaluation());
        var samples = node.putObject("samples");
        for (var share : SampleShare.values()) {
            samples.put(key(share), data.samples().get(share));
        }
        var tokens = node.putObject("tokens");
        for (var share : SampleShare.values()) {
            tokens.put(key(share), data.tokens().get(share));
        }
    }

    private static void stage(ObjectNode node, StagePlan stage) {
        node.put("name", stage.name());
        if (stage instanceof SearchStagePlan search) {
            node.put("length", search.length()).put("on", key(search.on())).put("multipliers", search.multipliers());
            search(node, search.search());
        } else if (stage instanceof FineTuneStagePlan tune) {
            node.put("length", tune.length()).put("train-length", tune.trainLength()).put("steps", tune.steps())
                    .put("batch", tune.batch()).put("micro-batch", tune.microBatch()).put("learning-rate", tune.learningRate())
                    .put("schedule", key(tune.schedule())).put("warmup", tune.warmup()).put("clip", tune.clip())
                    .put("weight-decay", tune.weightDecay()).put("beta1", tune.beta1()).put("beta2", tune.beta2())
                    .put("precision", key(tune.precision())).put("recompute", tune.recompute())
                    .put("positions", key(tune.sequences().positions())).put("chunks", tune.sequences().chunks())
                    .put("short-share", tune.sequences().shortShare()).put("held-out-every", tune.heldOutEvery())
                    .put("held-out-samples", tune.heldOutSamples()).put("checkpoint-every", tune.checkpointEvery());
            tune.lora().ifPresent(lora -> {
                var adapters = node.putObject("lora").put("rank", lora.rank()).put("alpha", lora.alpha());
                var targets = adapters.putArray("targets");
                lora.targets().forEach(target -> targets.add(key(target)));
            });
            tune.command().ifPresent(command -> {
                command.words().forEach(node.putArray("command")::add);
                if (!command.timeout().isZero()) {
                    node.put("timeout", command.timeout().toSeconds() + "s");
                }
            });
        } else if (stage instanceof RecoveryStagePlan recovery) {
            numbers(node.putArray("lengths"), recovery.lengths());
            search(node, recovery.search());
        }
    }

    private static void search(ObjectNode node, SearchPlan search) {
        var settings = search.settings();
        node.put("algorithm", search.algorithm()).put("population", settings.population()).put("generations", settings.generations())
                .put("mutations", settings.mutations()).put("crossovers", settings.crossovers()).put("parents", settings.parents())
                .put("probability", settings.mutationProbability()).put("finalists", settings.finalists())
                .put("max-evaluations", settings.maxEvaluations()).put("max-tokens", SearchReader.plan(settings.maxTokens()))
                .put("patience", settings.patience()).put("racing", settings.racing()).put("batch", settings.batch())
                .put("critical-pair", settings.criticalPair()).put("samples", search.samples()).put("fresh-samples", settings.freshSamples());
        // plans from before there was a choice keep their fingerprint where they mean the same
        if (search.objective() != Objective.PERPLEXITY || SearchPlan.usualObjective(search.algorithm()) != Objective.PERPLEXITY) {
            node.put("objective", key(search.objective()));
        }
        space(node, search.space());
        if (search.shortLength() > 0) {
            node.put("short-length", search.shortLength());
        }
        node.put("short-tolerance", search.shortTolerance());
        search.start().ifPresent(start -> node.set("start", StartReader.tree(start)));
    }

    private static void space(ObjectNode node, SpacePlan space) {
        node.put("grid", space.grid()).put("monotone", space.monotone()).put("reach", space.reach()).put("min-factor", space.minFactor())
                .put("max-factor", space.maxFactor());
        numbers(node.putArray("start-tokens"), space.startTokens());
        node.set("attention", space.attention().toTree());
        if (!space.bounds().isEmpty()) {
            var bounds = node.putArray("bounds");
            for (var range : space.bounds()) {
                var item = bounds.addObject();
                item.putArray("pairs").add(range.from()).add(range.to());
                item.putArray("factors").add(range.lower()).add(range.upper());
            }
        }
    }

    private static void numbers(ArrayNode node, List<Integer> numbers) {
        numbers.forEach(node::add);
    }
}
