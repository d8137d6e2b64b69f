#!/usr/bin/env python3
"""Checks that transformers rotates positions as an exported table says, on both sides of the switch.

usage: check_huggingface.py CONFIG TABLE     (needs torch and transformers)

CONFIG is a config.json, or the keys alone, that `longrope export --to hf` wrote; TABLE is the same table as our JSON.
Compares transformers' own frequencies and attention factor with the table's, in float32.
"""
import json
import sys

import numpy as np
import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding


def expected(table, length):
    """The exportable candidate for a length: factors and attention factor."""
    original = table["geometry"]["originalLength"]
    entries = [e for e in table["entries"] if e["length"] >= length]
    if length <= original:
        entries = [e for e in entries if e["length"] <= original]
    else:
        entries = table["entries"][-1:]
    if not entries:
        return [1.0] * (table["geometry"]["rotaryDim"] // 2)
    entry = entries[0]
    best = (entry["withoutStartTokens"] or entry["best"])["candidate"]
    return [1e30 if f == "Infinity" else f for f in best["factors"]]


def main():
    keys, table = (json.load(open(path)) for path in sys.argv[1:3])
    geometry = table["geometry"]
    d, theta, original = geometry["rotaryDim"], geometry["theta"], geometry["originalLength"]
    keys = {"hidden_size": d, "num_attention_heads": 1, "num_key_value_heads": 1, "num_hidden_layers": 1, **keys}
    for form in ("rope_parameters", "rope_scaling"):
        config = LlamaConfig(**{k: v for k, v in keys.items() if k not in {"rope_parameters", "rope_scaling"} - {form}})
        rotary = LlamaRotaryEmbedding(config)
        for length in (original, original + 1, table["entries"][-1]["length"]):
            rotary(torch.zeros(1, 1, d), torch.tensor([[length - 1]]))
            want = theta ** (-np.arange(0, d, 2) / d) / np.array(expected(table, length))
            np.testing.assert_allclose(rotary.inv_freq.numpy(), want, rtol=3e-6)
            best = table["entries"][-1]
            attention = (best["withoutStartTokens"] or best["best"])["candidate"]["attentionFactor"]
            assert abs(rotary.attention_scaling - attention) < 1e-12, (rotary.attention_scaling, attention)
            print(f"{form}: {length} tokens agree, attention factor {rotary.attention_scaling:.6f}")


if __name__ == "__main__":
    main()
