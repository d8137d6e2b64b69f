package io.longrope.search.work;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Number format of weights and activations during an evaluation; position angles are always computed in float64. */
public enum Precision {
    @JsonProperty("f32")
    F32,
    @JsonProperty("bf16")
    BF16,
    @JsonProperty("f16")
    F16
}
