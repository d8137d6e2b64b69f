package io.longrope.search.rope.internal;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a {@code model_type} means for keys that are left out, and the names it has of its own for them. The defaults are
 * those of the configuration classes of transformers 5.24.
 */
public final class RopeFamily {

    /** Names some families have of their own, by the usual name; all mean what that means. */
    private static final Map<String, List<String>> OWN_NAMES = Map.of(
            "rope_theta", List.of("rope_embedding_base", "rotary_emb_base", "rope_base"),
            "partial_rotary_factor", List.of("rotary_pct", "rope_pct", "rotary_percentage"),
            "head_dim", List.of("kv_channels", "attention_head_dim"),
            "hidden_size", List.of("n_embd", "d_model"),
            "num_attention_heads", List.of("n_head", "n_heads", "num_heads"),
            "max_position_embeddings", List.of("seq_length", "n_positions", "max_sequence_length"));

    /** Names for the rotary dimension itself, where a family does not give it as a part of a head. */
    private static final List<String> ROTARY_DIM_NAMES = List.of("qk_rope_head_dim", "rotary_dim");

    /** Keys that change the angles in a way no table here expresses, with the value that changes nothing. */
    public static final Map<String, Double> CHANGES_ANGLES = new TreeMap<>(Map.of("rope_ratio", 1.0, "rope_position_scale", 1.0,
            "rope_scaling_factor", 1.0));

    /** Families whose code in transformers turns the whole head whatever partial_rotary_factor says. */
    private static final Set<String> WHOLE_HEAD = Set.of("llama", "mistral", "qwen2", "qwen3", "gemma3_text");

    private static final Map<String, Double> THETA = byType(Map.of(
            10_000.0, "llama mistral qwen2 qwen2_moe qwen3 qwen3_moe phi3 phi gemma gemma2 longrope stablelm granite granitemoe olmo "
            + "olmo2 starcoder2 "
                    + "internlm2 falcon persimmon nemotron glm glm4 deepseek_v2 deepseek_v3 minicpm minicpm3 gpt_neox gptj codegen "
                    + "qwen baichuan "
                    + "qwen3_next qwen3_5 qwen3_5_text",
            500_000.0, "qwen3_vl_text ernie4_5 ernie4_5_moe llama4_text mllama_text_model exaone4 flex_olmo olmo3 cohere cohere2 bitnet",
            1_000_000.0, "gemma3_text mixtral phimoe qwen2_vl qwen2_5_vl lfm2 lfm2_moe minimax solar_open cwm",
            5_000_000.0, "minimax_m2",
            150_000.0, "gpt_oss",
            2_000_000.0, "smollm3",
            12_000_000.0, "apertus",
            100_000.0, "helium"));

    private static final Map<String, Double> PARTIAL = byType(Map.of(
            0.5, "phi persimmon nemotron glm glm4 glm4_moe bamba",
            0.25, "stablelm gpt_neox qwen3_next qwen3_5 qwen3_5_text qwen3_5_moe"));

    private static final Map<String, Double> WINDOW = byType(Map.of(
            2_048.0, "llama", 131_072.0, "mistral gemma3_text", 32_768.0, "qwen2 qwen3", 4_096.0, "phi3"));

    private static final Map<String, Double> HEAD_DIM = byType(Map.of(128.0, "qwen3", 256.0, "gemma3_text"));

    private final String modelType;

    /** @param modelType empty for a rope dictionary that belongs to no config.json */
    public RopeFamily(String modelType) {
        this.modelType = modelType;
    }

    public String modelType() {
        return modelType;
    }

    public boolean isGemma() {
        return modelType.equals("gemma3_text");
    }

    public boolean isPhi3() {
        return modelType.equals("phi3");
    }

    /** True of the families that are run here: to their code in transformers a name of another family means nothing. */
    private boolean readsUsualNamesAlone() {
        return WINDOW.containsKey(modelType);
    }

    /** The names this family may have for what is usually called so, that one first. */
    public List<String> names(String usual) {
        return readsUsualNamesAlone() ? List.of(usual) : Stream.concat(Stream.of(usual), OWN_NAMES.get(usual).stream()).toList();
    }

    /** The names this family may have for the rotary dimension itself. */
    public List<String> rotaryDimNames() {
        return readsUsualNamesAlone() ? List.of() : ROTARY_DIM_NAMES;
    }

    /** Names of other families that mean nothing to this one, with the usual name of each; none where all names are read. */
    public Map<String, String> foreignNames() {
        var foreign = new TreeMap<String, String>();
        if (readsUsualNamesAlone()) {
            OWN_NAMES.forEach((usual, names) -> names.forEach(name -> foreign.put(name, usual)));
            ROTARY_DIM_NAMES.forEach(name -> foreign.put(name, "partial_rotary_factor"));
        }
        return foreign;
    }

    public boolean turnsWholeHead() {
        return WHOLE_HEAD.contains(modelType);
    }

    /** The base of a family whose config.json does not state one; empty where that is not known. */
    public OptionalDouble theta() {
        return modelType.isEmpty() ? OptionalDouble.of(10_000) : optional(THETA);
    }

    public double partialRotaryFactor() {
        return PARTIAL.getOrDefault(modelType, 1.0);
    }

    public OptionalInt window() {
        var window = optional(WINDOW);
        return window.isPresent() ? OptionalInt.of((int) window.getAsDouble()) : OptionalInt.empty();
    }

    public OptionalInt headDim() {
        var width = optional(HEAD_DIM);
        return width.isPresent() ? OptionalInt.of((int) width.getAsDouble()) : OptionalInt.empty();
    }

    private OptionalDouble optional(Map<String, Double> values) {
        return values.containsKey(modelType) ? OptionalDouble.of(values.get(modelType)) : OptionalDouble.empty();
    }

    private static Map<String, Double> byType(Map<Double, String> types) {
        Function<Map.Entry<Double, String>, Stream<Map.Entry<String, Double>>> spread =
                entry -> Stream.of(entry.getValue().split(" ")).map(type -> Map.entry(type, entry.getKey()));
        return types.entrySet().stream().flatMap(spread).collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
