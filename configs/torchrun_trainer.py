"""Fine-tunes with transformers as the `command:` of a fine-tune stage, on one process or under torchrun.

    - fine-tune: {length: 128k, steps: 400, batch: 32, micro-batch: 1, learning-rate: 2.0e-5, warmup: 20,
                  command: [torchrun, --nproc-per-node, "8", configs/torchrun_trainer.py], timeout: 14d}

Everything comes in LONGROPE_... variables (progressive/docs/trainer.md). All weights are trained with data parallelism: each
process holds the model, its gradients and AdamW's two moments. Larger models need FSDP or DeepSpeed in place of DDP; what the
driver asks of a trainer stays the same: read LONGROPE_MODEL, write a Hugging Face directory to LONGROPE_OUTPUT, end with 0.
Called again after a crash it goes on from the state it left in LONGROPE_OUTPUT. Needs torch and transformers.
"""
import json
import math
import os
import pathlib
import time
import zipfile

import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel
from transformers import AutoModelForCausalLM, AutoTokenizer


def setting(name, kind=str):
    return kind(os.environ["LONGROPE_" + name])


def texts(path):
    """The documents of a text file, a directory, JSON lines with a `text`, or an archive of sources."""
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file():
                yield from texts(file)
    elif path.suffix == ".jsonl":
        for line in path.open(encoding="utf-8"):
            yield json.loads(line)["text"]
    elif path.suffix in (".jar", ".zip"):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith((".java", ".txt", ".md")):
                    yield archive.read(name).decode("utf-8", "replace")
    else:
        yield path.read_text(encoding="utf-8", errors="replace")


def tokens(path, tokenizer):
    ids = []
    for text in texts(path):
        ids += tokenizer.encode(text, add_special_tokens=False) + [tokenizer.eos_token_id]
    return torch.tensor(ids)


def rate(step, steps, warmup, schedule):
    """Share of the peak learning rate."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return {"constant": 1.0, "linear": 1 - done, "cosine": 0.55 + 0.45 * math.cos(math.pi * done)}[schedule]


def main():
    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    gpu = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if gpu else torch.device("cpu")
    if world > 1:
        dist.init_process_group("nccl" if gpu else "gloo")
    steps, length, batch = setting("STEPS", int), setting("TRAIN_LENGTH", int), setting("BATCH", int)
    micro, seed = setting("MICRO_BATCH", int), setting("SEED", int)
    if batch % (world * micro):
        raise SystemExit(f"batch must be a multiple of {world} processes x micro-batch {micro}, but was {batch}")
    output = pathlib.Path(setting("OUTPUT"))
    state_file = output / "trainer-state.pt"

    tokenizer = AutoTokenizer.from_pretrained(setting("MODEL"))
    model = AutoModelForCausalLM.from_pretrained(setting("MODEL"), dtype=torch.float32).to(device).train()
    model.config.use_cache = False
    optimizer = torch.optim.AdamW(model.parameters(), lr=setting("LEARNING_RATE", float), betas=(setting("BETA1", float), setting("BETA2", float)),
                                  weight_decay=setting("WEIGHT_DECAY", float))
    first = 0
    if state_file.exists():
        state = torch.load(state_file, map_location=device)
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        first = state["step"]
        print(f"goes on after step {first}", flush=True)
    parallel = DistributedDataParallel(model) if world > 1 else model
    ids = tokens(pathlib.Path(setting("TEXT")), tokenizer)
    start = time.time()
    for step in range(first, steps):
        # the windows of a step depend on seed and step only, so that a resumed run reads what an undisturbed one reads
        chosen = torch.randint(len(ids) - length, (batch,), generator=torch.Generator().manual_seed(seed * 1_000_003 + step))
        mine = chosen[rank::world]
        for group in optimizer.param_groups:
            group["lr"] = setting("LEARNING_RATE", float) * rate(step, steps, setting("WARMUP", int), setting("SCHEDULE"))
        total = 0.0
        for i in range(0, len(mine), micro):
            windows = torch.stack([ids[j:j + length] for j in mine[i:i + micro]]).to(device)
            if setting("START_TOKEN") != "none":
                windows[:, 0] = setting("START_TOKEN", int)
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=gpu):
                loss = parallel(input_ids=windows, labels=windows).loss * micro / len(mine)
            loss.backward()
            total += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), setting("CLIP", float))
        optimizer.step()
        optimizer.zero_grad()
        if rank == 0:
            print(f"step {step + 1}/{steps} loss {total:.4f} {time.time() - start:.0f} s", flush=True)
            if (step + 1) % setting("CHECKPOINT_EVERY", int) == 0:
                part = state_file.with_suffix(".part")
                torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step + 1}, part)
                part.replace(state_file)
    if rank == 0:
        model.save_pretrained(output)
        tokenizer.save_pretrained(output)
        state_file.unlink(missing_ok=True)
    if world > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
