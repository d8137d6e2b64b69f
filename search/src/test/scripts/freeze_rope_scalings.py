#!/usr/bin/env python3
"""Freezes the factors of every known RoPE scaling into rope-scalings.json.

usage: freeze_rope_scalings.py OUTPUT     (needs torch and transformers)

The rows of `transformers` come from its own ROPE_INIT_FUNCTIONS. They compute in float32; here torch.float and
torch.float32 are pointed at float64 first, so that the same code gives the formula without rounding, and the float32
figures are checked against it. The other rows are computed here, in float64, from the formulas of the papers.
"""
import json
import math
import sys

import numpy as np
import torch
import transformers
from transformers import LlamaConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

GEOMETRIES = [(32, 1e4, 256), (64, 1e4, 4096), (96, 1e4, 4096), (128, 1e4, 4096), (128, 5e5, 8192), (128, 1e6, 8192),
              (96, 1e6, 256)]
RATIOS = [2, 8, 32, 512]
SINGLE = torch.float32


def reference(d, theta, length, rope_type, sequence=None, **parameters):
    config = LlamaConfig(hidden_size=d, num_attention_heads=1, num_key_value_heads=1, head_dim=d, num_hidden_layers=1,
                         max_position_embeddings=length,
                         rope_parameters={"rope_type": rope_type, "rope_theta": theta, **parameters})
    inverse, attention = ROPE_INIT_FUNCTIONS[rope_type](config, torch.device("cpu"), seq_len=sequence)
    return inverse, float(attention)


def exact(*arguments, **parameters):
    single, _ = reference(*arguments, **parameters)
    torch.float = torch.float32 = torch.float64
    try:
        double, attention = reference(*arguments, **parameters)
    finally:
        torch.float = torch.float32 = SINGLE
    assert single.dtype == SINGLE and double.dtype == torch.float64
    np.testing.assert_allclose(single.numpy(), double.numpy(), rtol=5e-6)
    return double.numpy(), attention


def row(method, parameters, geometry, sequence, factors, attention=1.0, inverse=None):
    d, theta, length = geometry
    if inverse is not None:
        with np.errstate(divide="ignore"):  # a pair that does not turn has frequency 0
            factors = theta ** (-np.arange(0, d, 2) / d) / inverse
    return {"method": method, "parameters": parameters, "rotaryDim": d, "theta": theta, "originalLength": length, "length": sequence,
            "factors": ["Infinity" if math.isinf(f) else float(f) for f in factors], "attentionFactor": attention}


def from_transformers(geometry, s):
    d, theta, length = geometry
    reach = {"factor": float(s), "original_max_position_embeddings": length}
    yield row("pi", "", geometry, s * length, None, 1.0, exact(d, theta, length, "linear", factor=float(s))[0])
    yield row("dynamic-ntk", "", geometry, s * length, None, 1.0,
              exact(d, theta, length, "dynamic", sequence=s * length, factor=float(s))[0])
    yield row("dynamic-ntk", "factor=2", geometry, s * length, None, 1.0,
              exact(d, theta, length, "dynamic", sequence=s * length, factor=2.0)[0])
    inverse, attention = exact(d, theta, length, "yarn", **reach)
    yield row("yarn", "", geometry, s * length, None, attention, inverse)
    inverse, attention = exact(d, theta, length, "yarn", beta_fast=128.0, beta_slow=2.0, **reach)
    yield row("yarn", "beta-fast=128,beta-slow=2", geometry, s * length, None, attention, inverse)
    inverse, attention = exact(d, theta, length, "llama3", low_freq_factor=1.0, high_freq_factor=4.0, **reach)
    yield row("llama3", "", geometry, s * length, None, attention, inverse)
    if s == RATIOS[0]:  # the same at every length
        for parameters, share, factor in (("", 0.75, 1.0), ("share=0.25", 0.25, 1.0), ("share=0.3,factor=4", 0.3, 4.0)):
            inverse, attention = exact(d, theta, length, "proportional", partial_rotary_factor=share, factor=factor)
            yield row("proportional", parameters, geometry, s * length, None, attention, inverse)


def from_papers(geometry, s):
    d, theta, length = geometry
    half = d // 2
    i = np.arange(half, dtype=np.float64)
    beta = theta ** (2.0 / d)
    frequency = beta ** -i
    # the changed base theta * s^(d / (d - 2)), as factors
    yield row("ntk", "", geometry, s * length, frequency / (theta * s ** (d / (d - 2))) ** (-2.0 * i / d))
    a = math.log(s) / half ** 0.75
    yield row("ntk-mixed", "", geometry, s * length, 1 / np.exp(-a * (i + 1) ** 0.75))
    wavelength = 2 * math.pi * s / frequency
    yield row("pi+resonance", "", geometry, s * length, s * np.round(wavelength) / wavelength)
    inverse, attention = exact(d, theta, length, "yarn", factor=float(s), original_max_position_embeddings=length, beta_fast=4.0, beta_slow=1.0)
    yield row("yarn", "beta-fast=4", geometry, s * length, None, attention, inverse)  # UltraLong
    if s > RATIOS[0]:
        return  # the rest is the same at every length
    yield row("original", "", geometry, s * length, np.ones(half))
    yield row("power", "", geometry, s * length, 1 / np.sqrt(1 - i / half))
    yield row("power", "exponent=0.1", geometry, s * length, (1 - i / half) ** -0.1)
    cutoff = 2 * math.pi / length
    slowed = np.where(frequency >= cutoff, frequency, np.where(frequency >= cutoff / 8, 2 * math.pi / (16 * length), 0.0))
    with np.errstate(divide="ignore"):
        yield row("truncated", "", geometry, s * length, frequency / slowed)
        for parameters, clipped in (("", round(half * 20 / 64)), ("pairs=7", 7)):
            mask = np.ones(half)
            mask[half - clipped:] = 0.5 * (1 + np.cos(np.linspace(0, np.pi, clipped)))
            yield row("cope", parameters, geometry, s * length, 1 / mask)


def longrope_attention():
    rows = []
    for d, theta, length in GEOMETRIES[:3] + [(128, 5e5, 8192)]:
        for s in RATIOS:
            ones = [1.0] * (d // 2)
            _, attention = exact(d, theta, length, "longrope", factor=float(s), original_max_position_embeddings=length,
                                 short_factor=ones, long_factor=ones)
            rows.append({"rotaryDim": d, "theta": theta, "originalLength": length, "factor": s, "attentionFactor": attention})
    return rows


def yarn_variants():
    """Attention factors and ramps of the less used parameters."""
    rows = []
    reach = {"factor": 40.0, "original_max_position_embeddings": 4096}
    for extra in [{"mscale": 1.0, "mscale_all_dim": 0.8}, {"mscale": 0.707, "mscale_all_dim": 0.707}, {"truncate": False},
                  {"attention_factor": 1.25}]:
        inverse, attention = exact(64, 1e4, 4096, "yarn", **reach, **extra)
        rows.append({"extra": extra, **row("yarn", "factor=40", (64, 1e4, 4096), 4096, None, attention, inverse)})
    return rows


if __name__ == "__main__":
    rows = [r for g in GEOMETRIES for s in RATIOS for source in (from_transformers, from_papers) for r in source(g, s)]
    golden = {"transformers": transformers.__version__, "rows": rows, "longropeAttention": longrope_attention(),
              "yarnVariants": yarn_variants()}
    with open(sys.argv[1], "w") as out:
        json.dump(golden, out, separators=(",", ":"))
        out.write("\n")
