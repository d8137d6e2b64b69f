#!/usr/bin/env python3
"""Makes random checkpoints of every family as transformers saves them (sizes, grouped heads, head widths, ties, biases, sliding
windows, rope types, partial rotation, shards, number formats and old config keys drawn by a seed), scores the same tokens with
`./longrope evaluate` and with transformers in float32, and fails where perplexities differ by more than 1e-5 relative.

    pip install torch==2.7.1 transformers==5.23.0 safetensors
    python evaluator/src/test/scripts/compare_checkpoints.py --count 36 --seed 1
"""

import argparse
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

ROOT = pathlib.Path(__file__).resolve().parents[4]
TOLERANCE = 1e-5
WINDOW = 64
FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "phi3", "gemma3_text"]
DTYPES = [torch.float32, torch.bfloat16, torch.float16]


def rope(kind, pairs, pick):
    factor = pick.choice([2.0, 4.0, 7.5])
    theta = pick.choice([1e4, 5e5])
    rising = [round(1 + (factor - 1) * i / pairs + pick.random() / 4, 4) for i in range(pairs)]
    parameters = {
        "default": {},
        "linear": dict(factor=factor),
        "dynamic": dict(factor=factor),
        "yarn": dict(factor=factor, original_max_position_embeddings=WINDOW),
        "yarn-own": dict(factor=factor, original_max_position_embeddings=WINDOW, beta_fast=pick.choice([16.0, 4.0]), beta_slow=0.5,
                         attention_factor=1.2),
        "llama3": dict(factor=factor, low_freq_factor=1.0, high_freq_factor=pick.choice([2.0, 4.0]), original_max_position_embeddings=WINDOW),
        "longrope": dict(short_factor=[1 + (f - 1) / 8 for f in rising], long_factor=rising, factor=factor,
                         original_max_position_embeddings=WINDOW),
    }[kind]
    return dict(parameters, rope_type=kind.removesuffix("-own"), rope_theta=theta)


def draw(family, pick):
    kv_heads = pick.choice([1, 2, 3])
    heads = kv_heads * pick.choice([1, 2, 4])
    head_dim = pick.choice([8, 16, 24, 40])
    fields = dict(model_type=family, vocab_size=pick.choice([97, 256, 301]), hidden_size=heads * head_dim, intermediate_size=pick.choice([56, 130]),
                  num_hidden_layers=pick.choice([1, 2, 3]), num_attention_heads=heads, num_key_value_heads=kv_heads, bos_token_id=1,
                  eos_token_id=2, pad_token_id=0, rms_norm_eps=pick.choice([1e-5, 1e-6]), max_position_embeddings=WINDOW,
                  tie_word_embeddings=family.startswith("gemma") or pick.random() < 0.3)
    kinds = ["default", "linear", "dynamic", "yarn", "yarn-own", "llama3", "longrope"]
    layer_types = [pick.choice(["sliding_attention", "full_attention"]) for _ in range(fields["num_hidden_layers"])]
    window = pick.choice([7, 33])
    rotated = head_dim
    if family in ("llama", "qwen3", "mistral", "gemma3_text") and pick.random() < 0.4:
        fields.update(head_dim=head_dim, hidden_size=pick.choice([36, 60]))
    elif family in ("qwen3", "gemma3_text", "mistral"):
        fields["head_dim"] = head_dim
    if family in ("llama", "qwen3") and pick.random() < 0.4:
        fields["attention_bias"] = True
    if family == "mistral":
        fields["sliding_window"] = pick.choice([None, window])
    if family in ("qwen2", "qwen3") and pick.random() < 0.6:
        fields.update(use_sliding_window=True, sliding_window=window, layer_types=layer_types)
    if family == "phi3":
        kinds = ["default", "longrope"]
        fields.update(original_max_position_embeddings=WINDOW, sliding_window=pick.choice([None, window]))
        if pick.random() < 0.5:
            rotated = head_dim // 2 // 2 * 2
            fields["partial_rotary_factor"] = rotated / head_dim
    if family == "gemma3_text":
        fields.update(query_pre_attn_scalar=pick.choice([head_dim, 11]), sliding_window=window, layer_types=layer_types)
        kinds = ["default", "linear", "yarn"]
    kind = pick.choice(kinds)
    parameters = rope(kind, rotated // 2, pick)
    if "partial_rotary_factor" in fields:
        parameters["partial_rotary_factor"] = fields["partial_rotary_factor"]
    if kind == "longrope":
        fields["max_position_embeddings"] = int(WINDOW * parameters["factor"])
    if family == "gemma3_text":
        parameters = dict(full_attention=parameters, sliding_attention=dict(rope_type="default", rope_theta=5000.0))
    return dict(fields, rope_parameters=parameters)


def old_keys(path):
    """The same configuration as transformers wrote it before rope_parameters."""
    config = json.loads(path.read_text())
    parameters = config.pop("rope_parameters")
    if "full_attention" in parameters:
        config["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
        parameters = parameters["full_attention"]
    config["rope_theta"] = parameters.pop("rope_theta")
    parameters.pop("partial_rotary_factor", None)
    parameters["type"] = parameters.pop("rope_type")
    if parameters["type"] != "default":
        if config["model_type"] == "phi3":
            parameters = {key: parameters[key] for key in ("type", "short_factor", "long_factor")}
        config["rope_scaling"] = parameters
    path.write_text(json.dumps(config, indent=1))


def make(fields, directory, pick, generator):
    config = AutoConfig.for_model(**fields)
    model = AutoModelForCausalLM.from_config(config).float()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = torch.randn(weight.shape, generator=generator)
            if name.endswith("norm.weight"):
                weight.copy_((0 if config.model_type.startswith("gemma") else 1) + 0.2 * values)
            elif name.endswith("bias"):
                weight.copy_(0.3 * values)
            else:
                weight.copy_(values * (1.0 if "embed" in name else 1.5) / weight.shape[-1] ** 0.5)
    dtype = pick.choice(DTYPES)
    sharded = pick.random() < 0.4
    model.to(dtype).save_pretrained(directory, max_shard_size="60KB" if sharded else "5GB")
    old = pick.random() < 0.4
    if old:
        old_keys(directory / "config.json")
    return f"{str(dtype).removeprefix('torch.')}{', sharded' if sharded else ''}{', old keys' if old else ''}"


def theirs(directory, tokens):
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    ids = torch.tensor([tokens])
    with torch.no_grad():
        logits = model(ids).logits[0, :-1]
    return math.exp(torch.nn.functional.cross_entropy(logits.double(), ids[0, 1:]).item())


def ours(launcher, directory, tokens, plain):
    data = directory / "data"
    data.mkdir(exist_ok=True)
    # three documents of one sample each: one per share; the start token comes from config.json
    (data / "sample.jsonl").write_text((json.dumps({"tokens": tokens[1:]}) + "\n") * 3)
    command = [launcher, "evaluate", str(directory), "--data", str(data), "--text", "sample.jsonl", "--samples", "1",
               "--workers", "1", "--length", str(len(tokens)), "--method", "original" if plain else "configured", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    (perplexity,) = json.loads(done.stdout)["rows"][0]["perplexity"].values()
    return perplexity


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--longrope", metavar="LAUNCHER", default=str(ROOT / "longrope"))
    parser.add_argument("--keep", type=pathlib.Path, help="leave the checkpoints there")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    families = options.families.split(",")
    failures = 0
    for i in range(options.count):
        pick = random.Random(f"{options.seed} {i}")
        family = families[i % len(families)]
        fields = draw(family, pick)
        with tempfile.TemporaryDirectory() as temporary:
            directory = (options.keep or pathlib.Path(temporary)) / f"{family}-{options.seed}-{i}"
            form = make(fields, directory, pick, torch.Generator().manual_seed(options.seed * 1000 + i))
            tokens = [1] + [pick.randrange(fields["vocab_size"]) for _ in range(pick.choice([WINDOW - 10, 3 * WINDOW, 9 * WINDOW]))]
            parameters = fields["rope_parameters"].get("full_attention", fields["rope_parameters"])
            expected = theirs(directory, tokens)
            try:
                found = ours(options.longrope, directory, tokens, parameters["rope_type"] == "default")
                difference = abs(found / expected - 1)
                verdict = f"longrope {found:.6f}, transformers {expected:.6f}, relative difference {difference:.1e}"
            except ValueError as refused:
                difference, verdict = math.inf, str(refused)
        bad = difference > TOLERANCE
        failures += bad
        print(f"{'DIFFERS ' if bad else ''}{family} {parameters['rope_type']}, {form}, {fields['num_attention_heads']}/{fields['num_key_value_heads']} heads, "
              f"{len(tokens)} tokens: {verdict}", flush=True)
        if bad:
            print(json.dumps(fields))
    if failures:
        sys.exit(f"perplexities must differ by at most {TOLERANCE} relative, but {failures} of {options.count} do not")


if __name__ == "__main__":
    main()
