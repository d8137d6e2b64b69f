package io.longrope.evaluator.checkpoint;

import io.longrope.search.problem.BadInput;
import io.longrope.search.problem.Require;
import io.longrope.search.problem.Suggestion;

import java.util.Arrays;
import java.util.Locale;

/** How a model was trained to tell positions. Models of others than {@link #ROPE} are of this project's own type, {@code longrope}. */
public enum PositionEncoding {

    /** Rotated queries and keys (Su et al., arXiv 2104.09864); with factor tables, what candidates extend. */
    ROPE,

    /** No rotation; head h scores a key d positions back m_h d less (Press et al., arXiv 2108.12409). */
    ALIBI,

    /**
     * RoPE whose scores shrink with distance, pair i by ζ_i^(d/512), ζ_i = (2i + 0.4 r) / 1.4 r of r rotary dimensions (Sun et al., arXiv
     * 2212.10554).
     */
    XPOS,

    /**
     * RoPE in layers with a sliding window; the layers that see all have no positions, and their queries grow by ln n beyond the trained
     * length (Su, kexue.fm/archives/9603).
     */
    HWFA,

    /**
     * The same, but layers that see all have RoPE up to the others' window and its last position beyond (ReRoPE), in training too (Su,
     * kexue.fm/archives/9731).
     */
    HWFA_REROPE;

    /** As in config.json. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public boolean isHybrid() {
        return this == HWFA || this == HWFA_REROPE;
    }

    /**
     * @param source where the key was found, for messages
     * @throws BadInput when it is unknown
     */
    public static PositionEncoding named(String source, String key) {
        var keys = Arrays.stream(values()).map(PositionEncoding::key).toList();
        Require.that(keys.contains(key), source, "must be one of " + keys, key, Suggestion.forName(key, keys));
        return values()[keys.indexOf(key)];
    }

    @Override
    public String toString() {
        return key();
    }
}
