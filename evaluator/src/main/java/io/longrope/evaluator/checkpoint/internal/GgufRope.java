package io.longrope.evaluator.checkpoint.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longrope.search.table.gguf.GgufHeader;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The rope settings of a GGUF file as the keys of a config.json that turn every position as llama.cpp does.
 * <ul>
 * <li>{@code rope_freqs.weight} divides the frequencies at every length (Llama 3.1 and later, and tables exported here);
 * {@code rope_factors_long.weight} and {@code _short} switch at the original length. Both become rope_type longrope.</li>
 * <li>{@code rope.scaling.type} linear (also where it is left out), yarn, longrope or none, with {@code rope.scaling.factor} or the
 * older {@code rope.scale_linear}.</li>
 * <li>{@code rope.scaling.attn_factor} multiplies cosines and sines; of yarn on top of 0.1 ln(factor) + 1.</li>
 * </ul>
 */
final class GgufRope {

    private static final double DEFAULT_BASE = 10_000;

    /** Settings of other architectures' yarn, and where they change nothing; below 0 stands for the type's own. */
    private static final Map<String, Double> NEUTRAL = Map.of("rope.scaling.yarn_log_multiplier", 0.0,
            "rope.scaling.yarn_attn_factor", 1.0);
    /** How much of yarn there is: all of it, or none of any other type. */
    private static final String YARN = "rope.scaling.yarn_ext_factor";

    private final GgufHeader header;
    private final UnaryOperator<String> key;
    private final int headDim;

    /** @param key a name below the architecture's as the file has it */
    GgufRope(GgufHeader header, UnaryOperator<String> key, int headDim) {
        this.header = header;
        this.key = key;
        this.headDim = headDim;
    }

    /** Adds them. Gemma's layers with a window turn by a base of their own, which no setting here scales. */
    void writeTo(ObjectNode config) {
        config.put("rope_theta", number("rope.freq_base").orElse(DEFAULT_BASE));
        int rotary = (int) header.whole(key.apply("rope.dimension_count")).orElse(headDim);
        if (rotary != headDim) {
            double part = (double) rotary / headDim;
            // as whoever reads it rounds
            config.put("partial_rotary_factor", (int) (part * headDim) == rotary ? part : Math.nextUp(part));
        }
        var original = header.whole(key.apply("rope.scaling.original_context_length"));
        var type = header.text(key.apply("rope.scaling.type")).orElse("linear");
        double factor = number("rope.scaling.factor").or(() -> number("rope.scale_linear")).filter(found -> found > 0).orElse(1.0);
        double attention = number("rope.scaling.attn_factor").orElse(1.0);
        var always = factors("rope_freqs.weight", rotary / 2);
        var both = factors("rope_factors_long.weight", rotary / 2);
        if (both.isPresent() && always.isPresent()) {
            throw header.bad("rope_freqs.weight", "must not be there beside rope_factors_long.weight", "both", "");
        }
        original.ifPresent(length -> config.put("original_max_position_embeddings", length));
        requireNeutral(type.equals("yarn") ? 1 : 0);
        switch (type) {
            case "none", "linear", "longrope" -> {
                double linear = type.equals("none") ? 1 : factor;
                if (always.isPresent() || both.isPresent() || attention != 1) {
                    longRope(config, always.or(() -> both), always.or(() -> factors("rope_factors_short.weight", rotary / 2)), linear,
                            attention, rotary / 2);
                } else if (linear != 1) {
                    config.putObject("rope_scaling").put("rope_type", "linear").put("factor", linear);
                }
            }
            case "yarn" -> {
                if (always.isPresent() || both.isPresent()) {
                    throw header.bad(key.apply("rope.scaling.type"), "must not be yarn beside tensors of factors", "both", "");
                }
                yarn(config.putObject("rope_scaling"), factor, attention, original.orElse(config.get("max_position_embeddings").asLong()));
            }
            default -> throw header.bad(key.apply("rope.scaling.type"), "must be none, linear, yarn or longrope", type, "");
        }
    }

    /** llama.cpp mixes yarn in whatever the type is, where a file says how much. */
    private void requireNeutral(double yarn) {
        requireNeutral(YARN, yarn);
        NEUTRAL.forEach(this::requireNeutral);
    }

    private void requireNeutral(String name, double neutral) {
        number(name).filter(found -> found != neutral && found >= 0).ifPresent(found -> {
            throw header.bad(key.apply(name), "must be " + neutral + ": what it does to the angles is not known here", found, "");
        });
    }

    private void yarn(ObjectNode scaling, double factor, double attention, long original) {
        scaling.put("rope_type", "yarn").put("factor", factor);
        // where Gemma's code looks for it; beside the dictionary it is as well
        scaling.put("original_max_position_embeddings", original);
        number("rope.scaling.yarn_beta_fast").ifPresent(beta -> scaling.put("beta_fast", beta));
        number("rope.scaling.yarn_beta_slow").ifPresent(beta -> scaling.put("beta_slow", beta));
        if (attention != 1) {
            scaling.put("attention_factor", attention * (0.1 * Math.log(Math.max(1, factor)) + 1));
        }
    }

    /** Where there are no factors they are all 1, so that the attention factor alone counts. */
    private void longRope(ObjectNode config, Optional<double[]> longOnes, Optional<double[]> shortOnes, double linear, double attention,
            int pairs) {
        var ones = new double[pairs];
        Arrays.fill(ones, 1);
        if (longOnes.isPresent() && shortOnes.isEmpty()) {
            throw header.bad("rope_factors_short.weight", "must be there beside rope_factors_long.weight", "missing", "");
        }
        var scaling = config.putObject("rope_scaling").put("rope_type", "longrope").put("attention_factor", attention);
        var longFactors = scaling.putArray("long_factor");
        Arrays.stream(longOnes.orElse(ones)).forEach(value -> longFactors.add(value * linear));
        var shortFactors = scaling.putArray("short_factor");
        Arrays.stream(shortOnes.orElse(ones)).forEach(value -> shortFactors.add(value * linear));
        if (!config.has("original_max_position_embeddings")) {
            config.put("original_max_position_embeddings", config.get("max_position_embeddings").asLong());
        }
    }

    private Optional<Double> number(String name) {
        var value = header.number(key.apply(name));
        return value.isPresent() ? Optional.of(GgufConfig.decimal(value.getAsDouble())) : Optional.empty();
    }

    private Optional<double[]> factors(String name, int pairs) {
        return header.factors(name, pairs).map(stored -> {
            var factors = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                factors[i] = GgufConfig.decimal(stored[i]);
            }
            return factors;
        });
    }
}
