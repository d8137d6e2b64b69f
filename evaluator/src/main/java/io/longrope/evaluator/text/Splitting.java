package io.longrope.evaluator.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.json.Json;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How byte-level BPE cuts a text before it merges: what a GGUF file names in tokenizer.ggml.pre, and tokenizer.json spells out in
 * pre_tokenizer. Each expression cuts the pieces of the one before; what none matches stays a piece of its own.
 *
 * <p>The expressions are those of llama.cpp (src/llama-vocab.cpp): where it writes another than the model's authors, because its
 * library knows less, a file is tokenized there by that one.
 */
public enum Splitting {

    GPT2(List.of("gpt-2", "phi-2", "gigachat", "a.x-4.0", "mellum", "mpt", "olmo", "jais", "trillion", "exaone4"), false, List.of(), true),

    /** Digits one by one, then as GPT-2. */
    SMOLLM(List.of("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b", "mellum2"), false,
            List.of("\\p{N}"), true),

    LLAMA3(List.of("llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"), true,
            List.of(Parts.WORDS + "\\p{N}{1,3}" + Parts.REST), false),

    /** As Llama 3, but what is a token is not always one piece's. */
    DBRX(List.of("dbrx", "smaug-bpe", "chatglm-bpe"), false, List.of(Parts.WORDS + "\\p{N}{1,3}" + Parts.REST), false),

    QWEN2(List.of("qwen2", "deepseek-r1-qwen", "stablelm2", "megrez", "hunyuan", "solar-open", "grok-2", "kormo"), false,
            List.of(Parts.WORDS + "\\p{N}" + Parts.REST), false),

    QWEN35(List.of("qwen35"), false, List.of(Parts.CONTRACTIONS + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}"
            + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"), false),

    TEKKEN(List.of("tekken"), true, List.of(Parts.CASED + "|" + Parts.CASED_REST + "|\\p{N}" + Parts.REST_WITH_SLASH), false),

    GPT4O(List.of("gpt-4o", "llama4", "kanana2"), false, List.of(Parts.CASED + Parts.CONTRACTIONS + "?|" + Parts.CASED_REST
            + Parts.CONTRACTIONS + "?|\\p{N}{1,3}" + Parts.REST_WITH_SLASH), false),

    DEEPSEEK_CODER(List.of("deepseek-coder"), false, List.of("[\r\n]", "\\s?\\p{L}+", "\\s?\\p{P}+",
            "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+", "\\p{N}"), false),

    DEEPSEEK3(List.of("deepseek-v3", "hunyuan-dense"), false, List.of("\\p{N}{1,3}",
            "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+",
            "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\r\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
                    + "| ?[\\p{P}\\p{S}]+[\r\n]*|\\s*[\r\n]+|\\s+(?!\\S)|\\s+"), false),

    FALCON(List.of("falcon"), false, List.of("[\\p{P}\\$\\+<=>\\^~\\|`]+", Parts.GPT2, "[0-9][0-9][0-9]"), false),

    /** Of files from before the key was there. */
    DEFAULT(List.of("default", ""), false, List.of("[\\p{P}\\$\\+<=>\\^~\\|]+", Parts.GPT2, "\\p{N}+", "[0-9][0-9][0-9]"), false);

    /** What several expressions have in common. */
    private static final class Parts {

        private static final String GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";
        private static final String CONTRACTIONS = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
        private static final String WORDS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|";
        private static final String REST = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        private static final String REST_WITH_SLASH = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
        private static final String CASED = "[^\\r\\n\\p{L}\\p{N}]?((?=[\\p{L}])([^a-z]))*((?=[\\p{L}])([^A-Z]))+";
        private static final String CASED_REST = "[^\\r\\n\\p{L}\\p{N}]?((?=[\\p{L}])([^a-z]))+((?=[\\p{L}])([^A-Z]))*";

        private Parts() {
        }
    }

    private final List<String> names;
    private final boolean wholeWords;
    private final List<String> expressions;
    private final boolean thenGpt2;

    Splitting(List<String> names, boolean wholeWords, List<String> expressions, boolean thenGpt2) {
        this.names = names;
        this.wholeWords = wholeWords;
        this.expressions = expressions;
        this.thenGpt2 = thenGpt2;
    }

    /** @param name of llama.cpp; empty = none that is known here */
    public static Optional<Splitting> named(String name) {
        return Arrays.stream(values()).filter(splitting -> splitting.names.contains(name)).findFirst();
    }

    /** @param preTokenizer of a tokenizer.json; empty = none that is known here */
    public static Optional<Splitting> of(JsonNode preTokenizer) {
        return Arrays.stream(values()).filter(splitting -> splitting.isSpelledAs(steps(preTokenizer))).findFirst();
    }

    /** As llama.cpp calls it. */
    public String ggufName() {
        return names.get(0);
    }

    /** All names that are known here. */
    public static List<String> known() {
        return Arrays.stream(values()).flatMap(splitting -> splitting.names.stream()).filter(name -> !name.isEmpty()).toList();
    }

    /** A piece that is a token as it is needs no merges. */
    public boolean takesWholeWords() {
        return wholeWords;
    }

    /** The pre_tokenizer of a tokenizer.json. */
    public ObjectNode json() {
        var sequence = Json.mapper().createObjectNode().put("type", "Sequence");
        var steps = sequence.putArray("pretokenizers");
        if (this == SMOLLM) {
            steps.addObject().put("type", "Digits").put("individual_digits", true);
        } else {
            for (var expression : expressions) {
                var split = steps.addObject().put("type", "Split");
                split.putObject("pattern").put("Regex", expression);
                split.put("behavior", "Isolated").put("invert", false);
            }
        }
        steps.addObject().put("type", "ByteLevel").put("add_prefix_space", false).put("trim_offsets", true).put("use_regex", thenGpt2);
        return sequence;
    }

    private static List<JsonNode> steps(JsonNode preTokenizer) {
        return preTokenizer.path("type").asText().equals("Sequence")
                ? preTokenizer.path("pretokenizers").valueStream().flatMap(step -> steps(step).stream()).toList() : List.of(preTokenizer);
    }

    private boolean isSpelledAs(List<JsonNode> steps) {
        var last = steps.get(steps.size() - 1);
        if (!isType(last, "ByteLevel") || last.path("add_prefix_space").asBoolean(true)
                || last.path("use_regex").asBoolean(true) != thenGpt2 || steps.size() != expressions.size() + 1) {
            return false;
        }
        for (int i = 0; i < expressions.size(); i++) {
            var step = steps.get(i);
            boolean digits = isType(step, "Digits") && step.path("individual_digits").asBoolean() && expressions.get(i).equals("\\p{N}");
            boolean splits = isType(step, "Split") && step.path("behavior").asText().equals("Isolated") && !step.path("invert").asBoolean()
                    && step.path("pattern").path("Regex").asText().equals(expressions.get(i));
            if (!digits && !splits) {
                return false;
            }
        }
        return true;
    }

    private static boolean isType(JsonNode step, String type) {
        return step.path("type").asText().equals(type);
    }
}
