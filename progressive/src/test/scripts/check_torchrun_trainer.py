"""What configs/torchrun_trainer.py trains: on one process, on two (one of them killed on the way), on two that share each window, and in a
plain loop of transformers and AdamW. All must end with the same weights.

    check_torchrun_trainer.py TRAINER MODEL TEXT DIRECTORY

MODEL has a longrope table whose short and long factors differ, for a window half as long as that trained on: of the two processes that
share a window the first sees only positions of the short window.
"""
import json
import os
import pathlib
import signal
import subprocess
import sys

import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

trainer, model, text, directory = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
LENGTH, STEPS, BATCH, WARMUP, RATE, DECAY, SEED, START = 512, 5, 2, 2, 1e-3, 0.1, 3, 256


def run(name, processes, *options, kill_after=None):
    output = directory / name
    output.mkdir(exist_ok=True)
    values = dict(MODEL=model, TEXT=text, OUTPUT=output, LENGTH=LENGTH, TRAIN_LENGTH=LENGTH, STEPS=STEPS, BATCH=BATCH, MICRO_BATCH=1,
                  LEARNING_RATE=RATE, SCHEDULE="linear", WARMUP=WARMUP, CLIP=1, WEIGHT_DECAY=DECAY, BETA1=0.9, BETA2=0.95,
                  CHECKPOINT_EVERY=2, SEED=SEED, START_TOKEN=START)
    launcher = ["-m", "torch.distributed.run", "--nproc-per-node", str(processes)] if processes > 1 else []
    environment = {**os.environ, **{"LONGROPE_" + key: str(value) for key, value in values.items()}}
    process = subprocess.Popen([sys.executable, *launcher, str(trainer), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, env=environment, start_new_session=True)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if kill_after and line.startswith(f"step {kill_after}/"):
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return lines
    assert process.wait() == 0, "".join(lines)
    return lines


def plain():
    """What a reader of transformers' documentation would write."""
    tokens = torch.tensor([byte for byte in text.read_bytes()] + [257])
    network = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).train()
    matrices = [p for p in network.parameters() if p.dim() > 1]
    others = [p for p in network.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": DECAY}, {"params": others, "weight_decay": 0}], betas=(0.9, 0.95))
    losses = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * ((step + 1) / WARMUP if step < WARMUP else 1 - (step - WARMUP) / (STEPS - WARMUP))
        starts = torch.randint(len(tokens) - LENGTH, (BATCH,), generator=torch.Generator().manual_seed(SEED * 1_000_003 + step))
        windows = torch.stack([tokens[start:start + LENGTH] for start in starts])
        windows[:, 0] = START
        loss = network(input_ids=windows, labels=windows, use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    return losses, dict(network.state_dict())


def losses_of(lines):
    return [float(line.split()[3]) for line in lines if line.startswith("step ")]


def farthest(weights, others):
    return max((weights[name].float() - others[name].float()).abs().max().item() for name in weights)


config = json.loads((model / "config.json").read_text())["rope_parameters"]
assert config["short_factor"] != config["long_factor"], "the check needs two tables"
losses, expected = plain()
moved = farthest(expected, dict(AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32).state_dict()))
found = {}
for name, processes, options in (("one", 1, []), ("two", 2, []), ("shared", 2, ["--context-parallel", "2"])):
    if name == "two":
        run(name, processes, *options, kill_after=3)
        lines = run(name, processes, *options)
        assert any("goes on after step 2" in line for line in lines), "".join(lines)
        seen = losses_of(lines)
        assert len(seen) == STEPS - 2, seen
    else:
        seen = losses_of(run(name, processes, *options))
    apart = max(abs(a - b) for a, b in zip(seen, losses[-len(seen):]))
    found[name] = load_file(directory / name / "model.safetensors")
    distance = farthest(found[name], expected)
    print(f"{name:8} losses {apart:.1e} apart, weights {distance:.1e} of {moved:.1e} moved")
    assert apart < 1e-4, (seen, losses)
    assert distance < 0.01 * moved, distance
    assert not (directory / name / "trainer-state").exists()
    assert (directory / name / "config.json").exists()
print("all trained the same")
