"""Checks that llama.cpp runs an exported GGUF file with the perplexity longrope measures.

    ./longrope export runs/demo --to gguf --gguf-type f32 --output exported
    python progressive/src/test/scripts/check_llama_cpp.py exported/java-1m-f32.gguf runs/demo/model TEXT [LENGTH ...]

Cuts one sample of each length from the UTF-8 file TEXT with the GGUF file's own vocabulary, scores it in llama.cpp with a float32
cache and a context of that length, and with `./longrope evaluate MODEL --table FILE`, which reads the table back from the file.
Fails where the two perplexities differ by more than the file's number format explains, or where llama.cpp makes other tokens of TEXT
than MODEL's tokenizer.json. Needs llama-cpp-python, numpy and tokenizers.
"""
import json
import math
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

import numpy as np
from llama_cpp import Llama
from tokenizers import Tokenizer

ROOT = pathlib.Path(__file__).resolve().parents[4]
COMMAND = shlex.split(os.environ.get("LONGROPE_COMMAND", str(ROOT / "longrope")))
TOLERANCE = {"f32": 1e-3, "f16": 3e-3, "bf16": 2e-2}


def ours(model: str, table: str, tokens: list[int], start: int, length: int) -> float:
    with tempfile.TemporaryDirectory() as data:
        # three documents of one sample each: one per share
        pathlib.Path(data, "sample.jsonl").write_text((json.dumps({"tokens": tokens}) + "\n") * 3)
        done = subprocess.run(
            [*COMMAND, "evaluate", model, "--table", table, "--precision", "f32", "--data", data, "--text", "sample.jsonl",
             "--samples", "1", "--length", str(length), "--start-token", str(start), "--format", "json"], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    (row,) = json.loads(done.stdout)["rows"]
    return row["perplexity"]


def theirs(path: str, tokens: list[int]) -> float:
    llama = Llama(path, n_ctx=len(tokens), n_batch=512, logits_all=True, type_k=0, type_v=0, flash_attn=False, verbose=False)
    llama.eval([llama.token_bos()] + tokens[:-1])
    logits = llama.scores[:len(tokens)].astype(np.float64)
    logits -= logits.max(axis=1, keepdims=True)
    losses = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(tokens)), tokens]
    llama.close()
    return math.exp(losses.mean())


def main() -> None:
    path, model, text = sys.argv[1:4]
    lengths = [int(length) for length in sys.argv[4:]] or [256, 512, 2048]
    vocabulary = Llama(path, vocab_only=True, verbose=False)
    content = pathlib.Path(text).read_text(encoding="utf-8")
    ids = vocabulary.tokenize(content.encode(), add_bos=False, special=False)
    expected = Tokenizer.from_file(str(pathlib.Path(model, "tokenizer.json"))).encode(content, add_special_tokens=False).ids
    if ids != expected:
        first = next(i for i, (a, b) in enumerate(zip(ids + [None], expected + [None])) if a != b)
        sys.exit(f"tokens differ from number {first} on: llama.cpp {ids[first:first + 8]}, tokenizer.json {expected[first:first + 8]}")
    print(f"{len(ids)} tokens, the same as of tokenizer.json")
    tolerance = TOLERANCE[pathlib.Path(path).stem.rsplit("-", 1)[-1]]
    failed = False
    for length in lengths:
        sample = ids[:length - 1]
        if len(sample) < length - 1:
            sys.exit(f"{text} must have {length - 1} tokens, but has {len(sample)}")
        figures = ours(model, path, sample, vocabulary.token_bos(), length)
        b = theirs(path, sample)
        for name, a in figures.items():
            print(f"length {length}: longrope ({name}) {a:.6f}, llama.cpp {b:.6f}, relative difference {abs(a / b - 1):.1e}")
        failed |= all(abs(a / b - 1) > tolerance for a in figures.values())
    if failed:
        sys.exit(f"relative differences must be at most {tolerance}")


if __name__ == "__main__":
    main()
