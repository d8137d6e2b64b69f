package io.longrope.evaluator.decoder.internal;

import com.fasterxml.jackson.databind.DeserializationFeature;
import io.longrope.evaluator.checkpoint.ModelConfig;
import io.longrope.evaluator.decoder.Attention;
import io.longrope.evaluator.decoder.AttentionCall;
import io.longrope.evaluator.decoder.Attentions;
import io.longrope.evaluator.decoder.Device;
import io.longrope.evaluator.decoder.LayerRange;
import io.longrope.evaluator.decoder.QueryScaling;
import io.longrope.evaluator.session.MemoryPlan;
import io.longrope.evaluator.session.ModelPlan;
import io.longrope.evaluator.session.ModelUse;
import io.longrope.search.json.Json;
import io.longrope.search.training.LoraSettings;
import io.longrope.search.work.Arithmetic;
import io.longrope.search.work.Precision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the trace of the script on a GPU is given: for each case the tensors that a model's layers are called with, by name and shape, and
 * the bytes that {@link MemoryPlan} sets aside for it. So neither the names nor the plan's formulas are written down again in Python.
 *
 * <p>{@code java … TraceCases CASES OUT}: CASES names config.json files, relative to itself, with what is done with them.
 */
public final class TraceCases {

    private TraceCases() {
    }

    /**
     * One line of the list of cases.
     *
     * @param model     a config.json, relative to the list
     * @param does      score, generate, differentiate (by the factors) or train
     * @param length    tokens
     * @param layers    how many to keep of the model; absent = all
     * @param attention a method by name; absent = as trained
     * @param chunk     rows at a time; absent = the usual
     * @param call      of attention in 16 bits that the device is forced to take; absent = FlashAttention
     * @param devices   which share the model's layers; absent = 1
     * @param memory    bytes of each device, so that layers are read for each pass where it takes that; absent = as many as it takes
     * @param training  how it is trained
     */
    record Case(String model, String does, Precision precision, int length, Optional<Integer> layers, Optional<String> attention,
                Optional<Integer> chunk, Optional<String> call, Optional<Integer> devices, Optional<Long> memory,
                Optional<Training> training) {

        private Optional<AttentionCall> forced() {
            return call.map(key -> AttentionCall.parse("call", key));
        }

        private AttentionCall asked() {
            var call = forced().orElse(AttentionCall.FLASH);
            return List.of("train", "differentiate").contains(does) ? call.forTraining() : call;
        }
    }

    /**
     * @param microBatch sequences at a time
     * @param recompute  layer by layer
     * @param lora       rank of adapters to all projections; absent = all weights are trained
     * @param documents  lengths of the documents of a packed micro-batch; absent = one document a sequence
     * @param drawn      whether each sequence has positions of its own (PoSE)
     * @param perLayer   whether factors differ by layer
     * @param longCe     whether losses are weighted (LongCE)
     */
    record Training(int microBatch, boolean recompute, Optional<Integer> lora, Optional<List<Integer>> documents, Optional<Boolean> drawn,
                    Optional<Boolean> perLayer, Optional<Boolean> longCe) {
    }

    /**
     * One layer's dictionary and what else its call takes.
     *
     * @param weights    shapes, in the precision of the case
     * @param tables     keys of rotary tables of its own, [T, P] f32
     * @param sizes      numbers given by the length of a tensor
     * @param far        whether it keeps keys in a second turn
     * @param slopes     whether it has ALiBi's slopes
     * @param decay      whether it has xPos' decay
     * @param unturned   whether it does not rotate
     * @param queryScale whether queries are scaled by position
     * @param local      whether its positions are never rescaled, so that it has rotary tables of its own
     */
    record Layer(Map<String, long[]> weights, List<String> tables, Map<String, Integer> sizes, boolean far, boolean slopes, boolean decay,
                 boolean unturned, boolean queryScale, boolean local, int window) {
    }

    record Model(int vocabulary, int width, int heads, int keyHeads, int headWidth, int pairs, double eps, double scale, boolean gelu,
                 double embeddingScale, boolean tied, List<Layer> layers) {
    }

    /**
     * What a device has of the model.
     *
     * @param streamed layers read for each pass
     * @param planned  bytes by part
     */
    record Share(int from, int count, List<Integer> streamed, Map<String, Long> planned) {
    }

    /**
     * @param call      of attention that the program says it takes
     * @param bytesRead weights read from files for a pass
     */
    record Prepared(String name, String does, Precision precision, int length, int chunk, String call, Model model,
                    Optional<Training> training, Optional<List<String>> targets, List<Share> shares, long bytesRead) {
    }

    public static void main(String[] arguments) throws IOException {
        write(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    /** @param cases the list, of which config.json files are named relative to */
    public static void write(Path cases, Path out) throws IOException {
        var list = Json.mapper().copy().disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .readValue(cases.toFile(), Case[].class);
        Files.writeString(out, Json.write(Arrays.stream(list).map(line -> prepared(cases.resolveSibling(line.model), line)).toList()));
    }

    private static Prepared prepared(Path configJson, Case line) {
        var whole = ModelConfig.read(configJson);
        var config = line.layers.map(layers -> withLayers(whole, layers)).orElse(whole);
        var attention = line.attention.map(name -> Attentions.named(name, config.maxPositions())).orElse(Attention.TRAINED);
        int chunk = line.chunk.orElse(Arithmetic.USUAL_CHUNK);
        var lora = line.training.flatMap(Training::lora)
                .map(rank -> new LoraSettings(rank, 2.0 * rank, List.of(LoraSettings.Target.values())));
        var use = switch (line.does) {
            case "score" -> new ModelUse.Scoring(line.length, attention);
            case "generate" -> new ModelUse.Generating(line.length, attention);
            case "differentiate" -> new ModelUse.Differentiating(line.length);
            default -> new ModelUse.Training(line.length, line.training.orElseThrow().microBatch, 1,
                    line.training.orElseThrow().recompute, lora);
        };
        int count = line.devices.orElse(1);
        var plan = ModelPlan.of(Collections.nCopies(count, new Device(OptionalInt.of(0), line.forced())),
                Collections.nCopies(count, line.memory.orElse(Long.MAX_VALUE)), config, line.precision, chunk, use);
        var shares = IntStream.range(0, plan.memory().size())
                .mapToObj(i -> share(plan.placement().shares().get(i).layers(), plan.memory().get(i))).toList();
        return new Prepared(name(line), line.does, line.precision, line.length, chunk,
                line.asked().taken(line.precision, config.headDim()).key(), model(config, attention, line), line.training,
                lora.map(settings -> settings.targets().stream().map(LoraSettings.Target::key).toList()), shares, plan.bytesRead());
    }

    private static Share share(LayerRange layers, MemoryPlan memory) {
        var planned = new TreeMap<String, Long>();
        memory.parts().forEach((part, bytes) -> planned.put(part.key(), bytes));
        var streamed = IntStream.range(layers.from(), layers.to()).filter(layers::isStreamed).boxed().toList();
        return new Share(layers.from(), layers.count(), streamed, planned);
    }

    private static String name(Case line) {
        var words = new StringBuilder(line.model.replace("models/", "").replace(".json", "")).append(' ').append(line.does).append(' ')
                .append(line.length).append(' ').append(line.precision.name().toLowerCase(Locale.ROOT));
        line.layers.ifPresent(layers -> words.append(", ").append(layers).append(" layers"));
        line.attention.ifPresent(attention -> words.append(", ").append(attention));
        line.chunk.ifPresent(chunk -> words.append(", chunk ").append(chunk));
        line.call.ifPresent(call -> words.append(", ").append(call));
        line.devices.ifPresent(devices -> words.append(", ").append(devices).append(" devices"));
        line.memory.ifPresent(memory -> words.append(", ").append(memory / 1_000_000_000).append(" GB"));
        line.training.ifPresent(training -> words.append(training.lora.map(rank -> ", LoRA " + rank).orElse(", full"))
                .append(training.microBatch > 1 ? ", " + training.microBatch + " sequences" : "")
                .append(training.recompute ? ", recomputed" : "").append(training.documents.isPresent() ? ", documents" : "")
                .append(training.drawn.orElse(false) ? ", drawn positions" : "")
                .append(training.perLayer.orElse(false) ? ", tables per layer" : "")
                .append(training.longCe.orElse(false) ? ", LongCE" : ""));
        return words.toString();
    }

    private static ModelConfig withLayers(ModelConfig config, int layers) {
        var windows = config.windows().isEmpty() ? config.windows() : config.windows().subList(0, layers);
        return new ModelConfig(config.modelType(), config.vocabSize(), config.hiddenSize(), config.intermediateSize(), layers,
                config.heads(), config.kvHeads(), config.headDim(), config.rope(), config.ropeConfiguration(), config.maxPositions(),
                config.normEpsilon(), config.tiedEmbeddings(), config.attentionBias(), config.queryKeyNorm(), windows,
                config.variant(), config.positions(), config.bosTokenId(), config.eosTokenId());
    }

    private static Model model(ModelConfig config, Attention attention, Case line) {
        return new Model(config.vocabSize(), config.hiddenSize(), config.heads(), config.kvHeads(), config.headDim(), config.rope().pairs(),
                config.normEpsilon(), config.attentionScale(), config.variant().gelu(), config.variant().embeddingScale(),
                config.tiedEmbeddings(),
                IntStream.range(0, config.layers()).mapToObj(layer -> layer(config, layer, attention, line.asked())).toList());
    }

    /** As {@link LayerTables}, {@link Weights} and {@link DeviceAttention} give it. */
    private static Layer layer(ModelConfig config, int index, Attention attention, AttentionCall call) {
        int own = config.window(index);
        int reRope = TrainedAttention.reRopeWindow(config, index);
        var asked = reRope > 0 ? new Attention.ReRope(reRope, QueryScaling.LOG_N) : attention;
        boolean changes = !asked.leaves(own);
        var sizes = new LinkedHashMap<String, Integer>();
        if (config.positions().isHybrid() && own > 0) {
            sizes.put("window", own);
        }
        if (reRope > 0) {
            sizes.put("near", reRope);
        }
        try (var manager = Script.manager(Device.CPU)) {
            DeviceAttention.dictionary(manager, call).forEach((name, size) -> sizes.put(name, (int) size.getShape().get(0)));
        }
        List<String> tables = List.of();
        if (changes) {
            sizes.putAll(asked.sizes());
            tables = asked.turns(2, config.maxPositions()).keySet().stream().sorted().toList();
        }
        boolean hybrid = config.positions().isHybrid();
        var scaling = hybrid ? QueryScaling.LOG_N : attention.scaling();
        return new Layer(WeightName.ofLayer(config, index).stream().collect(Collectors.toMap(WeightName::key, WeightName::shape)), tables,
                sizes, changes && asked.turnsKeysTwice(), config.positions().key().equals("alibi"),
                config.positions().key().equals("xpos"), !TrainedAttention.isRotated(config, index),
                scaling != QueryScaling.NONE && !(hybrid && own > 0), config.variant().localTheta().isPresent() && own > 0,
                attention.window(own));
    }
}
