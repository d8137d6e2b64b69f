package io.longrope.search.job;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.evaluation.SampleShare;

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
            if (recovery.maxFactor() > 0) {
                node.put("max-factor", recovery.maxFactor());
            }
            search(node, recovery.search());
        }
    }

    private static void search(ObjectNode node, SearchPlan search) {
        node.put("algorithm", search.algorithm()).put("population", search.population()).put("generations", search.generations())
                .put("mutations", search.mutations()).put("crossovers", search.crossovers()).put("parents", search.parents())
                .put("probability", search.probability()).put("grid", search.grid()).put("monotone", search.monotone());
        numbers(node.putArray("start-tokens"), search.startTokens());
        node.put("attention", search.attention().toString()).put("finalists", search.finalists())
                .put("max-evaluations", search.maxEvaluations()).put("patience", search.patience()).put("samples", search.samples())
                .put("racing", search.racing()).put("batch", search.batch()).put("critical-pair", search.criticalPair())
                .put("max-tokens", search.maxTokens());
    }

    private static void numbers(ArrayNode node, List<Integer> numbers) {
        numbers.forEach(node::add);
    }
}
