"""Fine-tunes with transformers as the `command:` of a fine-tune stage, on one process or under torchrun.

    - fine-tune: {length: 128k, steps: 400, batch: 32, micro-batch: 1, learning-rate: 2.0e-5, warmup: 20, timeout: 14d,
                  command: [torchrun, --nproc-per-node, "8", configs/torchrun_trainer.py, --context-parallel, "8"]}

Everything else comes in LONGROPE_... variables (progressive/docs/trainer.md). All weights are trained. PyTorch's FSDP2 shards weights,
gradients and AdamW's two moments over all processes, in float32, and gathers a layer at a time to compute with: in bfloat16 on GPUs, in
float32 on CPUs. Of a layer only its input is kept for the backward pass, and the logits of a few thousand tokens exist at a time. With
--context-parallel N groups of N processes share each window: each holds 1/N of its tokens, and for attention they exchange those for all
tokens of 1/N of the heads (arXiv 2309.14509).

Called again after a crash it goes on from the newest whole state in LONGROPE_OUTPUT, also with another number of processes. Several
machines need LONGROPE_OUTPUT on a file system they share. Needs torch 2.7 and transformers 5.24, or newer.

    python configs/torchrun_trainer.py --estimate CHECKPOINT --train-length 131072 --processes 8 --context-parallel 8

runs a step on tensors that hold no numbers, for the first of so many processes, and prints the memory they would take.
"""
import argparse
import array
import json
import math
import os
import pathlib
import shutil
import time
import types
import zipfile

import numpy
import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
import torch.nn.functional as F
from torch.distributed.checkpoint.state_dict import (StateDictOptions, get_model_state_dict, get_state_dict, set_model_state_dict,
                                                     set_state_dict)
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard
from torch.distributed.nn.functional import all_to_all_single
from torch.utils.checkpoint import checkpoint
from transformers import AttentionInterface, AutoConfig, AutoModelForCausalLM, AutoTokenizer
from transformers.masking_utils import AttentionMaskInterface

LOGITS_AT_A_TIME = 2048  # tokens
IGNORED = -100  # the label of a token whose successor is not in the window


def setting(name, kind=str):
    return kind(os.environ["LONGROPE_" + name])


# ---- text

def texts(path):
    """The documents of a text file, a directory, JSON lines with a `text`, or an archive of sources."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield from texts(file)
    elif path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)["text"]
    elif path.suffix in (".jar", ".zip"):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith((".java", ".txt", ".md")):
                    yield archive.read(name).decode("utf-8", "replace")
    else:
        yield path.read_text(encoding="utf-8", errors="replace")


def write_tokens(path, tokenizer, file):
    """Token ids of all documents, each followed by the end token where there is one, as 32-bit numbers."""
    part = file.with_suffix(".part")
    with part.open("wb") as out:
        for text in texts(path):
            ids = tokenizer.encode(text, add_special_tokens=False)
            array.array("i", ids if tokenizer.eos_token_id is None else ids + [tokenizer.eos_token_id]).tofile(out)
    part.replace(file)


def windows(tokens, length, chosen):
    """Inputs and, a token later, labels of the windows that begin at `chosen`: both [windows, length]."""
    rows = torch.stack([torch.from_numpy(tokens[start:start + length].astype(numpy.int64)) for start in chosen.tolist()])
    if setting("START_TOKEN") != "none":
        rows[:, 0] = setting("START_TOKEN", int)
    return rows, F.pad(rows[:, 1:], (0, 1), value=IGNORED)


# ---- model

def exchange(states, group, split, join):
    """From [.., split, .., join, ..] to [.., split / N, .., join · N, ..]: each process gives every other its share of one axis."""
    count = dist.get_world_size(group)
    shares = torch.stack(states.tensor_split(count, dim=split)).contiguous()
    return torch.cat(all_to_all_single(torch.empty_like(shares), shares, group=group).unbind(), dim=join)


def shared_attention(group):
    """Causal attention of windows of which each process of `group` holds a part: its states are [batch, heads, part, width]."""
    count = dist.get_world_size(group)

    def attention(module, query, key, value, attention_mask, scaling=None, dropout=0.0, **more):
        unknown = [name for name in ("softcap", "s_aux", "position_bias") if more.get(name) is not None]
        if unknown:
            raise SystemExit(f"--context-parallel must be 1 for a model whose attention has {unknown[0]}, but was {count}")
        copies = count // math.gcd(key.shape[1], count)
        key, value = (states.repeat_interleave(copies, dim=1) for states in (key, value))
        query, key, value = (exchange(states, group, split=1, join=2) for states in (query, key, value))
        mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True, scale=scaling, enable_gqa=key.shape[1] != query.shape[1])
        return exchange(mixed, group, split=2, join=1).transpose(1, 2).contiguous(), None

    return attention


def window_loss(self, input_ids, position_ids, labels):
    """Sum of the losses of all labels, in nats; takes the place of the model's own forward pass."""
    hidden = self.model(input_ids=input_ids, position_ids=position_ids, use_cache=False).last_hidden_state.flatten(0, 1)  # [tokens, width]

    def of_chunk(states, targets):
        return F.cross_entropy(self.lm_head(states).float(), targets, ignore_index=IGNORED, reduction="sum")

    chunks = zip(hidden.split(LOGITS_AT_A_TIME), labels.flatten().split(LOGITS_AT_A_TIME))
    return sum(checkpoint(of_chunk, states, targets, use_reentrant=False) for states, targets in chunks)


def shared_config(config, length, train_length, share):
    """The configuration for windows shared by `share` processes; raises SystemExit where they cannot be."""
    heads, key_heads = config.num_attention_heads, config.num_key_value_heads
    if heads % share or math.lcm(key_heads, share) > heads:
        raise SystemExit(f"--context-parallel must divide the {heads} heads of the model, with copies of its {key_heads} key and value "
                         f"heads too, but was {share}")
    if train_length % share:
        raise SystemExit(f"--context-parallel must divide the windows of {train_length} tokens, but was {share}")
    sliding = getattr(config, "sliding_window", None)
    if share > 1 and sliding and sliding < train_length:
        raise SystemExit(f"--context-parallel must be 1 for a model with sliding windows ({sliding} tokens), but was {share}")
    scaling = getattr(config, "rope_parameters", None) or {}
    if "long_factor" in scaling and length > scaling.get("original_max_position_embeddings", config.max_position_embeddings):
        # transformers chooses by the last position it sees; the process with the first part of a window would take the other table
        scaling["short_factor"] = scaling["long_factor"]
    return config


def share_windows(config, device, processes, share):
    """Has neighbouring processes, `share` of them, hold a window together; alone, attention is transformers' own."""
    config._attn_implementation = "shared" if share > 1 else "sdpa"
    if share > 1:
        parts = init_device_mesh(device, (processes // share, share), mesh_dim_names=("windows", "parts"))["parts"]
        AttentionInterface.register("shared", shared_attention(parts.get_group()))
        AttentionMaskInterface.register("shared", lambda *_, **__: None)


def sharded_model(config, mesh, precision):
    """The model without weights, a layer and the rest each a unit that is gathered whole to compute with."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config, dtype=torch.float32).train()
    model.activation_checkpointing_enable({"use_reentrant": False})
    model.forward = types.MethodType(window_loss, model)
    policy = MixedPrecisionPolicy(param_dtype=precision, reduce_dtype=torch.float32)
    for layer in model.model.layers:
        fully_shard(layer, mesh=mesh, mp_policy=policy)
    fully_shard(model, mesh=mesh, mp_policy=policy)
    return model


def materialize(model, config, device, weights):
    """Gives the model its weights, of which only the first process knows them, and its position frequencies."""
    for name, module in list(model.named_modules()):
        if name.endswith("rotary_emb"):
            # no checkpoint holds them: made again where they are to be
            with torch.device(device):
                model.set_submodule(name, type(module)(config))
    set_model_state_dict(model, weights, options=StateDictOptions(full_state_dict=True, broadcast_from_rank0=True, strict=False))
    model.tie_weights()
    missing = [name for name, value in [*model.named_parameters(), *model.named_buffers()] if value.is_meta]
    if missing:
        raise SystemExit(f"LONGROPE_MODEL must hold all weights, but {', '.join(missing[:3])} are missing")


def adamw(model, fused):
    """Weight decay is of matrices only, as in the built-in trainer."""
    groups = [{"params": [p for p in model.parameters() if (p.dim() > 1) == matrices], "weight_decay": decay}
              for matrices, decay in ((True, setting("WEIGHT_DECAY", float)), (False, 0.0))]
    betas = setting("BETA1", float), setting("BETA2", float)
    return torch.optim.AdamW(groups, lr=setting("LEARNING_RATE", float), betas=betas, fused=fused)


def rate(step, steps, warmup, schedule):
    """Share of the peak learning rate."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return {"constant": 1.0, "linear": 1 - done, "cosine": 0.55 + 0.45 * math.cos(math.pi * done)}[schedule]


# ---- states from which an interrupted training goes on

def newest(states):
    """The newest whole state and its step."""
    whole = sorted(states.glob("step-*[0-9]"), key=lambda state: int(state.name[5:]))
    return (whole[-1], int(whole[-1].name[5:])) if whole else (None, 0)


def save(states, model, optimizer, step, rank):
    weights, moments = get_state_dict(model, optimizer)
    part, whole = states / f"step-{step}.part", states / f"step-{step}"
    dcp.save({"model": weights, "optimizer": moments}, checkpoint_id=part)
    if rank == 0:
        part.rename(whole)
        for older in states.glob("step-*"):
            if older != whole:
                shutil.rmtree(older)
    dist.barrier()


def restore(state, model, optimizer):
    weights, moments = get_state_dict(model, optimizer)
    dcp.load({"model": weights, "optimizer": moments}, checkpoint_id=state)
    set_state_dict(model, optimizer, model_state_dict=weights, optim_state_dict=moments)


# ---- training

def train(share):
    world, rank = int(os.environ.setdefault("WORLD_SIZE", "1")), int(os.environ.setdefault("RANK", "0"))
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "0")
    gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if gpu else torch.device("cpu")
    if gpu:
        torch.cuda.set_device(device)
    steps, length, batch = setting("STEPS", int), setting("TRAIN_LENGTH", int), setting("BATCH", int)
    micro, seed = setting("MICRO_BATCH", int), setting("SEED", int)
    if world % share:
        raise SystemExit(f"--context-parallel must divide the {world} processes, but was {share}")
    if batch % (world // share * micro):
        raise SystemExit(f"batch must be a multiple of {world // share} windows at a time x micro-batch {micro}, but was {batch}")
    source, output = pathlib.Path(setting("MODEL")), pathlib.Path(setting("OUTPUT"))
    original = AutoConfig.from_pretrained(source)
    config = shared_config(AutoConfig.from_pretrained(source), setting("LENGTH", int), length, share)

    dist.init_process_group("nccl" if gpu else "gloo")
    share_windows(config, device.type, world, share)
    states = output / "trainer-state"
    tokenizer = AutoTokenizer.from_pretrained(source)
    if rank == 0:
        states.mkdir(parents=True, exist_ok=True)
        if not (states / "tokens").exists():
            write_tokens(pathlib.Path(setting("TEXT")), tokenizer, states / "tokens")
    dist.barrier()
    tokens = numpy.memmap(states / "tokens", dtype=numpy.int32, mode="r")
    if len(tokens) <= length:
        raise SystemExit(f"LONGROPE_TEXT must have more than {length} tokens, but had {len(tokens)}")

    model = sharded_model(config, init_device_mesh(device.type, (world,)), torch.bfloat16 if gpu else torch.float32)
    weights = AutoModelForCausalLM.from_pretrained(source, dtype=torch.float32).state_dict() if rank == 0 else {}
    materialize(model, config, device, weights)
    del weights
    optimizer = adamw(model, fused=gpu)
    state, first = newest(states)
    if state:
        restore(state, model, optimizer)
        if rank == 0:
            print(f"goes on after step {first}", flush=True)
    part = length // share
    here = slice(rank % share * part, (rank % share + 1) * part)
    positions = torch.arange(length, device=device)[here].unsqueeze(0)
    start = time.time()
    for step in range(first, steps):
        # the windows of a step depend on seed and step only, so that a resumed run reads what an undisturbed one reads
        chosen = torch.randint(len(tokens) - length, (batch,), generator=torch.Generator().manual_seed(seed * 1_000_003 + step))
        mine = chosen[rank // share::world // share]
        for settings in optimizer.param_groups:
            settings["lr"] = setting("LEARNING_RATE", float) * rate(step, steps, setting("WARMUP", int), setting("SCHEDULE"))
        total = torch.zeros((), device=device)
        for some in mine.split(micro):
            ids, labels = windows(tokens, length, some)
            loss = model(ids[:, here].to(device), positions, labels[:, here].to(device))
            loss = loss * world / (batch * (length - 1))  # gradients are averaged over all processes
            loss.backward()
            total += loss.detach()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), setting("CLIP", float)).full_tensor().item()
        if not math.isfinite(norm):
            raise SystemExit(f"gradients must be finite, but their norm was {norm} in step {step + 1}")
        optimizer.step()
        optimizer.zero_grad()
        dist.all_reduce(total)
        if rank == 0:
            print(f"step {step + 1}/{steps} loss {total.item() / world:.4f} {time.time() - start:.0f} s", flush=True)
        if (step + 1) % setting("CHECKPOINT_EVERY", int) == 0 and step + 1 < steps:
            save(states, model, optimizer, step + 1, rank)
    weights = get_model_state_dict(model, options=StateDictOptions(full_state_dict=True, cpu_offload=True))
    if rank == 0:
        with torch.device("meta"):
            writer = AutoModelForCausalLM.from_config(original)
        writer.save_pretrained(output, state_dict={name: value.to(original.dtype) for name, value in weights.items()})
        tokenizer.save_pretrained(output)
        shutil.rmtree(states)
    dist.barrier()
    dist.destroy_process_group()


def estimate(options):
    """A step on tensors without numbers, as the first of many processes; bfloat16 as on GPUs."""
    from torch._subclasses.fake_tensor import FakeTensorMode
    from torch.distributed._tools.fsdp2_mem_tracker import FSDPMemTracker
    from torch.testing._internal.distributed.fake_pg import FakeStore

    share, length = options.context_parallel, options.train_length
    config = shared_config(AutoConfig.from_pretrained(options.estimate), length, length, share)
    dist.init_process_group("fake", store=FakeStore(), rank=0, world_size=options.processes)
    share_windows(config, "cpu", options.processes, share)
    everybody = init_device_mesh("cpu", (options.processes,))
    with FakeTensorMode():
        model = sharded_model(config, everybody, torch.bfloat16)
        model.to_empty(device="cpu")
        optimizer = torch.optim.AdamW(model.parameters(), foreach=True)
        ids = torch.zeros(options.micro_batch, length // share, dtype=torch.long)
        positions = torch.arange(length // share).unsqueeze(0)
        tracker = FSDPMemTracker(model, optimizer)
        tracker.track_inputs((ids, positions))
        with tracker:
            for _ in range(2):  # the moments exist after the first step
                model(ids, positions, ids).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimizer.step()
                optimizer.zero_grad()
                tracker.reset_mod_stats()
    peak = tracker.get_tracker_snapshot("peak")[torch.device("cpu")]
    for kind, size in sorted(peak.items(), key=lambda item: -item[1]):
        print(f"{size / 2 ** 30:8.2f} GiB {getattr(kind, 'value', kind)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--context-parallel", type=int, default=1, metavar="N", help="processes that share a window (default: 1)")
    parser.add_argument("--estimate", metavar="CHECKPOINT", help="print what a process would take; trains nothing")
    parser.add_argument("--processes", type=int, default=1, metavar="N", help="with --estimate: of how many it would be one")
    parser.add_argument("--train-length", type=int, default=4096, metavar="N", help="with --estimate: tokens of a window")
    parser.add_argument("--micro-batch", type=int, default=1, metavar="N", help="with --estimate: windows at a time")
    options = parser.parse_args()
    if options.estimate:
        estimate(options)
    else:
        train(options.context_parallel)


if __name__ == "__main__":
    main()
