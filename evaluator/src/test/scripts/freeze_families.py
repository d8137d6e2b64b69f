#!/usr/bin/env python3
"""Freezes what transformers computes for tiny random checkpoints: every known family, every rope type, and candidates
that no config can express. Writes src/test/resources/io/longrope/evaluator/families.

    pip install torch==2.7.1 transformers==5.23.0 safetensors
    python freeze_families.py
"""

import json
import pathlib
import zlib

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM

TARGET = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator/families"
LENGTH = 48
BASE = dict(vocab_size=64, hidden_size=32, intermediate_size=40, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=32, rms_norm_eps=1e-5, hidden_act="silu",
            bos_token_id=1, eos_token_id=2, pad_token_id=0, tie_word_embeddings=False)

LLAMA = dict(BASE, model_type="llama")
MISTRAL = dict(BASE, model_type="mistral", sliding_window=None)
QWEN2 = dict(BASE, model_type="qwen2")
QWEN3 = dict(BASE, model_type="qwen3", head_dim=16)
PHI3 = dict(BASE, model_type="phi3", original_max_position_embeddings=32)
GEMMA3 = dict({key: value for key, value in BASE.items() if key != "hidden_act"}, model_type="gemma3_text", head_dim=8,
              hidden_activation="gelu_pytorch_tanh", query_pre_attn_scalar=6, sliding_window=9, tie_word_embeddings=True,
              layer_types=["sliding_attention", "full_attention"])
PARTIAL = dict(PHI3, head_dim=8)

# weights file -> (config that shapes it, stored type)
WEIGHTS = {
    "llama": (LLAMA, torch.bfloat16),
    "llama-tied": (dict(LLAMA, tie_word_embeddings=True), torch.bfloat16),
    "llama-bias-wide-heads": (dict(LLAMA, attention_bias=True, head_dim=16, num_key_value_heads=1), torch.bfloat16),
    "mistral": (MISTRAL, torch.bfloat16),
    "qwen2": (QWEN2, torch.float16),
    "qwen3": (QWEN3, torch.bfloat16),
    "phi3": (PHI3, torch.float32),
    "gemma3": (GEMMA3, torch.bfloat16),
}

SHORT = [1.0, 1.05, 1.2, 1.25]
LONG = [1.0, 1.5, 2.75, 4.0]


def new(**parameters):
    return {"rope_parameters": dict({"rope_theta": 10000.0}, **parameters)}


def old(**parameters):
    return {"rope_theta": 20000.0, "rope_scaling": parameters}


# case -> (weights, config, tokens)
CASES = {
    "llama-default": ("llama", LLAMA, LENGTH),
    "llama-theta": ("llama", dict(LLAMA, **new(rope_type="default", rope_theta=500000.0)), LENGTH),
    "llama-linear": ("llama", dict(LLAMA, **new(rope_type="linear", factor=4.0)), LENGTH),
    "llama-linear-old": ("llama", dict(LLAMA, **old(type="linear", factor=2)), LENGTH),
    "llama-dynamic": ("llama", dict(LLAMA, **new(rope_type="dynamic", factor=2.0)), LENGTH),
    "llama-dynamic-within": ("llama", dict(LLAMA, **new(rope_type="dynamic", factor=2.0)), 24),
    "llama-yarn": ("llama", dict(LLAMA, max_position_embeddings=128,
                                 **new(rope_type="yarn", factor=4.0, original_max_position_embeddings=32)), LENGTH),
    "llama-yarn-own-ramp": ("llama", dict(LLAMA, max_position_embeddings=128,
                                          **new(rope_type="yarn", factor=4.0, original_max_position_embeddings=32, beta_fast=8.0,
                                                beta_slow=0.5, attention_factor=1.3, truncate=False)), LENGTH),
    "llama-llama3": ("llama", dict(LLAMA, max_position_embeddings=256,
                                   **new(rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0,
                                         original_max_position_embeddings=32)), LENGTH),
    "llama-longrope-short": ("llama", dict(LLAMA, max_position_embeddings=128,
                                           **new(rope_type="longrope", short_factor=SHORT, long_factor=LONG, factor=4.0,
                                                 original_max_position_embeddings=32)), 32),
    "llama-longrope-long": ("llama", dict(LLAMA, max_position_embeddings=128,
                                          **new(rope_type="longrope", short_factor=SHORT, long_factor=LONG,
                                                original_max_position_embeddings=32, attention_factor=1.1)), 33),
    "llama-tied": ("llama-tied", dict(LLAMA, tie_word_embeddings=True), LENGTH),
    "llama-bias-wide-heads": ("llama-bias-wide-heads", WEIGHTS["llama-bias-wide-heads"][0], LENGTH),
    "mistral-full": ("mistral", MISTRAL, LENGTH),
    "mistral-window": ("mistral", dict(MISTRAL, sliding_window=8), LENGTH),
    "qwen2-default": ("qwen2", QWEN2, LENGTH),
    "qwen2-window": ("qwen2", dict(QWEN2, use_sliding_window=True, sliding_window=12, max_window_layers=1), LENGTH),
    "qwen2-yarn": ("qwen2", dict(QWEN2, **old(type="yarn", factor=4.0, original_max_position_embeddings=32)), LENGTH),
    "qwen3-default": ("qwen3", QWEN3, LENGTH),
    "qwen3-window": ("qwen3", dict(QWEN3, use_sliding_window=True, sliding_window=12,
                                   layer_types=["sliding_attention", "full_attention"]), LENGTH),
    "phi3-default": ("phi3", PHI3, LENGTH),
    "phi3-window": ("phi3", dict(PHI3, sliding_window=7), LENGTH),
    "phi3-longrope": ("phi3", dict(PHI3, max_position_embeddings=128,
                                   rope_scaling=dict(type="longrope", short_factor=SHORT, long_factor=LONG)), LENGTH),
    "gemma3-default": ("gemma3", dict(GEMMA3, rope_parameters=dict(
        full_attention=dict(rope_type="default", rope_theta=500000.0), sliding_attention=dict(rope_type="default", rope_theta=5000.0))), LENGTH),
    # as a GGUF file can say it: queries scaled by the head's own width
    "gemma3-head-scale": ("gemma3", dict(GEMMA3, query_pre_attn_scalar=8, rope_parameters=dict(
        full_attention=dict(rope_type="linear", factor=8.0, rope_theta=500000.0),
        sliding_attention=dict(rope_type="default", rope_theta=5000.0))), LENGTH),
    "gemma3-linear-old": ("gemma3", dict(GEMMA3, rope_theta=500000.0, rope_local_base_freq=20000.0,
                                         rope_scaling=dict(rope_type="linear", factor=8.0)), LENGTH),
    "phi3-partial-longrope": ("phi3", dict(PARTIAL, max_position_embeddings=128, partial_rotary_factor=0.5,
                                           rope_scaling=dict(type="longrope", short_factor=SHORT[:2], long_factor=LONG[:2])), LENGTH),
}

# case -> (weights, config, candidate): rotary tables made here, in float64
CANDIDATES = {
    "candidate-start-tokens": ("llama", LLAMA, dict(factors=LONG, startTokens=5, attentionFactor=1.15)),
    "candidate-per-layer": ("llama", LLAMA, dict(factors=[LONG, SHORT], startTokens=0, attentionFactor=1.0)),
    "candidate-partial": ("phi3", dict(PARTIAL, partial_rotary_factor=0.5),
                          dict(factors=[1.5, "Infinity"], startTokens=2, attentionFactor=1.05)),
}


def generator(name):
    """Of its own for each file, so that a case added leaves the others as they are."""
    return torch.Generator().manual_seed(zlib.crc32(name.encode()))


def random_weights(config, random):
    weights = {}
    for name, tensor in AutoModelForCausalLM.from_config(config).state_dict().items():
        values = torch.randn(tensor.shape, generator=random)
        is_norm = name.endswith("norm.weight")
        weights[name] = (0 if config.model_type.startswith("gemma") else 1) + 0.2 * values if is_norm else values * (0.5 if "embed" in name else 0.25)
    if config.tie_word_embeddings:
        del weights["lm_head.weight"]
    return weights


def table(factors, candidate, config):
    dimension = 2 * len(factors)
    pairs = torch.arange(0, dimension, 2, dtype=torch.float64)
    frequencies = config.rope_parameters["rope_theta"] ** (-pairs / dimension)
    factors = torch.tensor([float(factor) for factor in factors], dtype=torch.float64)
    positions = torch.arange(LENGTH, dtype=torch.float64)[:, None]
    kept = positions < candidate["startTokens"]
    angles = positions * torch.where(kept, frequencies, frequencies / factors)
    angles = torch.cat([angles, angles], -1)
    factor = torch.where(kept, 1.0, candidate["attentionFactor"])
    return (angles.cos() * factor).float()[None], (angles.sin() * factor).float()[None]


def rotate_by(model, candidate):
    for index, layer in enumerate(model.model.layers):
        rows = candidate["factors"]
        factors = rows[index] if isinstance(rows[0], list) else rows
        tables = table(factors, candidate, model.config)
        layer.self_attn.register_forward_pre_hook(
            lambda module, args, kwargs, tables=tables: (args, dict(kwargs, position_embeddings=tables)), with_kwargs=True)


def freeze(name, weights_name, weights, raw_config, length, candidate=None):
    config = AutoConfig.for_model(**raw_config)
    config._attn_implementation = "eager"
    model = AutoModelForCausalLM.from_config(config).float().eval()
    missing = model.load_state_dict({key: value.float() for key, value in weights.items()}, strict=False)
    assert not missing.unexpected_keys and set(missing.missing_keys) <= {"lm_head.weight"}, missing
    model.tie_weights()
    if candidate:
        rotate_by(model, candidate)
    tokens = torch.randint(0, raw_config["vocab_size"], (1, length), generator=generator(name))
    with torch.no_grad():
        logits = model(tokens).logits[0]
    losses = torch.nn.functional.cross_entropy(logits[:-1].double(), tokens[0, 1:], reduction="none")
    case = dict(weights=weights_name + ".safetensors", config=raw_config, tokens=tokens[0].tolist(), losses=losses.tolist(),
                lastLogits=logits[-1].tolist())
    if candidate:
        case["candidate"] = candidate
    (TARGET / (name + ".json")).write_text(json.dumps(case, indent=1) + "\n")
    print(f"{name}: mean loss {losses.mean():.6f}")


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    weights = {}
    for name, (config, dtype) in WEIGHTS.items():
        tensors = random_weights(AutoConfig.for_model(**config), generator(name))
        weights[name] = {key: value.to(dtype).contiguous() for key, value in tensors.items()}
        save_file(weights[name], TARGET / (name + ".safetensors"), metadata={"format": "pt"})
    for name, (weights_name, config, length) in CASES.items():
        freeze(name, weights_name, weights[weights_name], config, length)
    for name, (weights_name, config, candidate) in CANDIDATES.items():
        freeze(name, weights_name, weights[weights_name], config, LENGTH, candidate)


if __name__ == "__main__":
    main()
