package io.longrope.search.training;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the learning rate goes on after the warm-up. */
public enum Schedule {
    @JsonProperty("constant")
    CONSTANT {
        @Override
        double share(double progress) {
            return 1;
        }
    },
    /** Straight down to 0 at the last step. */
    @JsonProperty("linear")
    LINEAR {
        @Override
        double share(double progress) {
            return 1 - progress;
        }
    },
    /** Half a cosine down to a tenth at the last step. */
    @JsonProperty("cosine")
    COSINE {
        @Override
        double share(double progress) {
            return 0.1 + 0.9 * 0.5 * (1 + StrictMath.cos(Math.PI * progress));
        }
    };

    /** Share of the peak rate; progress in [0, 1] counts from the end of the warm-up. */
    abstract double share(double progress);
}
