#!/usr/bin/env python3
"""Freezes what transformers computes for the checkpoints of freeze_families.py in bfloat16, and in float64 to hold it and us against.
Writes src/test/resources/io/longrope/evaluator/families-bf16/losses.json.

    pip install torch==2.7.1 transformers==5.24.0 safetensors
    python freeze_families_bf16.py
"""

import json
import pathlib

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

from freeze_families import TARGET, table

HALVES = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator/families-bf16/losses.json"


def rotate_by(model, candidate, dtype):
    for index, layer in enumerate(model.model.layers):
        rows = candidate["factors"]
        factors = rows[index] if isinstance(rows[0], list) else rows
        tables = tuple(part.to(dtype) for part in table(factors, candidate, model.config))
        layer.self_attn.register_forward_pre_hook(
            lambda module, args, kwargs, tables=tables: (args, dict(kwargs, position_embeddings=tables)), with_kwargs=True)


def losses(case, dtype):
    config = AutoConfig.for_model(**case["config"])
    config._attn_implementation = "sdpa"
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).eval()
    weights = load_file(TARGET / case["weights"])
    # rounded to the format computed in first, as a checkpoint of it is
    model.load_state_dict({key: value.to(torch.bfloat16).float() for key, value in weights.items()}, strict=False)
    model.tie_weights()
    model.to(dtype)
    if "candidate" in case:
        rotate_by(model, case["candidate"], dtype)
    tokens = torch.tensor([case["tokens"]])
    with torch.no_grad():
        logits = model(tokens).logits[0]
    return torch.nn.functional.cross_entropy(logits[:-1].double(), tokens[0, 1:], reduction="none").tolist()


def main():
    frozen = {}
    for file in sorted(TARGET.glob("*.json")):
        case = json.loads(file.read_text())
        frozen[file.stem] = dict(f64=losses(case, torch.float64), bf16=losses(case, torch.bfloat16))
    HALVES.parent.mkdir(exist_ok=True)
    HALVES.write_text(json.dumps(frozen, indent=1) + "\n")
    print(f"{len(frozen)} cases")


if __name__ == "__main__":
    main()
