"""Checks that transformers runs an exported model with the perplexity longrope measures.

    python progressive/src/test/scripts/check_exported_model.py runs/demo/model TEXT [LENGTH ...]

Cuts one sample of each length from the UTF-8 file TEXT with the model's own tokenizer, scores it with `./longrope evaluate`
(method: what config.json asks for) and with transformers in float32, and fails where the perplexities differ by more than
1e-3 relative. Needs torch and transformers; the product does not.
"""
import json
import math
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

ROOT = pathlib.Path(__file__).resolve().parents[4]
COMMAND = shlex.split(os.environ.get("LONGROPE_COMMAND", str(ROOT / "longrope")))
TOLERANCE = 1e-3


def ours(model: str, tokens: list[int], length: int) -> float:
    with tempfile.TemporaryDirectory() as data:
        # three documents of one sample each: one per share
        lines = [json.dumps({"tokens": tokens})] * 3
        pathlib.Path(data, "sample.jsonl").write_text("\n".join(lines) + "\n")
        done = subprocess.run(
            [*COMMAND, "evaluate", model, "--precision", "f32", "--data", data, "--text", "sample.jsonl",
             "--samples", "1", "--length", str(length), "--format", "json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    (perplexity,) = json.loads(done.stdout)["rows"][0]["perplexity"].values()
    return perplexity


def theirs(model, ids: list[int]) -> float:
    with torch.no_grad():
        inputs = torch.tensor([ids])
        # the last token predicts nothing here, but one more position decides which table is in force
        logits = model(inputs).logits[0, :-1]
        return math.exp(torch.nn.functional.cross_entropy(logits.float(), inputs[0, 1:]).item())


def main() -> None:
    path, text = sys.argv[1:3]
    lengths = [int(length) for length in sys.argv[3:]] or [256, 512, 2048]
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModelForCausalLM.from_pretrained(path, dtype=torch.float32).eval()
    ids = tokenizer.encode(pathlib.Path(text).read_text(encoding="utf-8"), add_special_tokens=False)
    worst = 0.0
    for length in lengths:
        sample = ids[:length - 1]
        if len(sample) < length - 1:
            sys.exit(f"{text} must have {length - 1} tokens, but has {len(sample)}")
        a = ours(path, sample, length)
        b = theirs(model, [tokenizer.bos_token_id] + sample)
        worst = max(worst, abs(a / b - 1))
        print(f"length {length}: longrope {a:.6f}, transformers {b:.6f}, relative difference {abs(a / b - 1):.1e}")
    if worst > TOLERANCE:
        sys.exit(f"relative differences must be at most {TOLERANCE}, but reach {worst:.1e}")


if __name__ == "__main__":
    main()
