#!/usr/bin/env python3
"""Freezes loss curves of PyTorch's own training for the tests of the trainer: AdamW with decay on matrices only, clipping by
the global norm, warm-up and half a cosine, gradients accumulated over micro-batches; all weights, all weights with a tied
head and positions of their own (as PoSE has), and adapters (LoRA). Starts from the weights of families/*.safetensors and
writes src/test/resources/io/longrope/evaluator/training.

    pip install torch==2.7.1 transformers==5.23.0 safetensors
    python freeze_training.py
"""

import json
import math
import pathlib
import random

import torch
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForCausalLM

from freeze_families import CASES, WEIGHTS

RESOURCES = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator"
STEPS, BATCH, MICRO, LENGTH = 30, 4, 2, 24
OPTIMIZER = dict(learningRate=4e-3, warmup=5, clip=1.0, weightDecay=0.1, beta1=0.9, beta2=0.95)
LORA = dict(rank=3, alpha=6.0, targets=["q", "v", "o", "gate", "down"])
SEED = 11
MASK = (1 << 64) - 1


class SplittableRandom:
    """java.util.SplittableRandom, as far as the adapters' first values need it."""

    def __init__(self, seed):
        self.seed = seed

    def next_double(self, origin, bound):
        self.seed = (self.seed + 0x9E3779B97F4A7C15) & MASK
        z = self.seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        z ^= z >> 31
        return (z >> 11) * 2.0 ** -53 * (bound - origin) + origin


class Adapted(torch.nn.Module):
    def __init__(self, linear, draw):
        super().__init__()
        out, width = linear.weight.shape
        bound = 1 / math.sqrt(width)
        self.linear = linear
        self.a = torch.nn.Parameter(torch.tensor([[draw.next_double(-bound, bound) for _ in range(width)] for _ in range(LORA["rank"])]))
        self.b = torch.nn.Parameter(torch.zeros(out, LORA["rank"]))

    def forward(self, x):
        return self.linear(x) + (x @ self.a.T) @ self.b.T * (LORA["alpha"] / LORA["rank"])


def adapt(model):
    model.requires_grad_(False)
    draw = SplittableRandom(SEED)
    for layer in model.model.layers:
        # the order in which the trainer lists a layer's matrices
        for owner, names in ((layer.self_attn, "qkvo"), (layer.mlp, ("gate", "up", "down"))):
            for name in names:
                if name in LORA["targets"]:
                    setattr(owner, name + "_proj", Adapted(getattr(owner, name + "_proj"), draw))


def rate(step):
    if step < OPTIMIZER["warmup"]:
        return OPTIMIZER["learningRate"] * (step + 1) / OPTIMIZER["warmup"]
    progress = (step - OPTIMIZER["warmup"]) / (STEPS - OPTIMIZER["warmup"])
    return OPTIMIZER["learningRate"] * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * progress)))


def data(with_positions):
    draw = random.Random(7)
    phrase = [draw.randrange(3, 64) for _ in range(40)]
    steps = []
    for _ in range(STEPS):
        step = []
        for _ in range(BATCH):
            start = draw.randrange(40)
            tokens = [phrase[(start + t) % 40] if draw.random() < 0.9 else draw.randrange(3, 64) for t in range(LENGTH + 1)]
            border, skip = draw.randrange(1, LENGTH), draw.randrange(0, 100 - LENGTH)
            positions = [t if t < border else t + skip for t in range(LENGTH)] if with_positions else list(range(LENGTH))
            step.append(dict(tokens=tokens, positions=positions))
        steps.append(step)
    return steps


def freeze(case, with_positions, lora):
    weights, config, _ = CASES[case]
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**config), attn_implementation="sdpa", dtype=torch.float32)
    state = {name: tensor.float() for name, tensor in load_file(RESOURCES / f"families/{weights}.safetensors").items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected and all("lm_head" in name for name in missing), (missing, unexpected)
    model.tie_weights()
    if lora:
        adapt(model)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW([dict(params=[p for p in trained if p.dim() > 1], weight_decay=OPTIMIZER["weightDecay"]),
                                   dict(params=[p for p in trained if p.dim() == 1], weight_decay=0.0)],
                                  lr=0.0, betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]), eps=1e-8)
    steps = data(with_positions)
    losses, norms = [], []
    for number, step in enumerate(steps):
        optimizer.zero_grad()
        loss = 0.0
        for at in range(0, BATCH, MICRO):
            part = step[at:at + MICRO]
            tokens = torch.tensor([sequence["tokens"] for sequence in part])
            positions = torch.tensor([sequence["positions"] for sequence in part])
            logits = model(input_ids=tokens[:, :-1], position_ids=positions, attention_mask=torch.ones_like(positions), use_cache=False).logits
            micro = torch.nn.functional.cross_entropy(logits.flatten(0, 1), tokens[:, 1:].flatten()) / (BATCH // MICRO)
            micro.backward()
            loss += micro.item()
        norms.append(torch.nn.utils.clip_grad_norm_(trained, OPTIMIZER["clip"]).item())
        for group in optimizer.param_groups:
            group["lr"] = rate(number)
        optimizer.step()
        losses.append(loss)
    print(f"{case} positions={with_positions} lora={lora}: {losses[0]:.4f} -> {losses[-1]:.4f}")
    return dict(weights=weights, config=config, steps=steps, microBatch=MICRO, seed=SEED, optimizer=OPTIMIZER,
                lora=LORA if lora else None, losses=losses, norms=norms)


if __name__ == "__main__":
    target = RESOURCES / "training"
    target.mkdir(parents=True, exist_ok=True)
    for name, case in {"all-weights": ("llama-default", False, False), "tied-positions": ("llama-tied", True, False),
                       "lora": ("llama-default", False, True)}.items():
        (target / f"{name}.json").write_text(json.dumps(freeze(*case)) + "\n")
