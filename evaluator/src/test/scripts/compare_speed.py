#!/usr/bin/env python3
"""Scores random tokens with transformers (attention by SDPA) on the model that `longrope bench evaluate` makes up, and prints the
same figures. On an idle machine; with --longrope it runs both in turns, with the same threads, and prints the ratio:

    pip install torch==2.7.1 transformers==5.23.0
    python compare_speed.py --width 1024 --layers 4 --lengths 4096,8192,16384 --threads 2 --longrope ./longrope
"""

import argparse
import json
import resource
import subprocess
import time

import torch
from transformers import LlamaConfig, LlamaForCausalLM

HEAD_WIDTH = 64
MATRIX_SIDE = 2048
PRECISIONS = {"f32": torch.float32, "bf16": torch.bfloat16, "f16": torch.float16}


def fastest(repeats, work):
    work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def longrope(options, length):
    """Seconds of one pass, and what it reports beside."""
    command = [options.longrope, "bench", "evaluate", "--width", options.width, "--layers", options.layers, "--vocabulary", options.vocabulary,
               "--lengths", length, "--precision", options.precision, "--threads", options.threads, "--repeats", options.repeats, "--format", "json"]
    return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout)["rows"][0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=32000)
    parser.add_argument("--lengths", default="4096,8192,16384")
    parser.add_argument("--precision", choices=PRECISIONS, default="f32")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--longrope", metavar="LAUNCHER", help="score the same with longrope before and after each length")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    dtype = PRECISIONS[options.precision]

    left, right = (torch.randn(MATRIX_SIDE, MATRIX_SIDE, dtype=dtype) for _ in range(2))
    peak = 2 * MATRIX_SIDE ** 3 / fastest(5, lambda: left @ right)
    lengths = [int(length) for length in options.lengths.split(",")]
    heads = options.width // HEAD_WIDTH
    config = LlamaConfig(vocab_size=options.vocabulary, hidden_size=options.width, num_hidden_layers=options.layers,
                         intermediate_size=(8 * options.width // 3 + 255) // 256 * 256, num_attention_heads=heads,
                         num_key_value_heads=heads, max_position_embeddings=max(lengths), tie_word_embeddings=False,
                         attn_implementation="sdpa", use_cache=False)
    model = LlamaForCausalLM(config).to(dtype).eval()
    looked_up = options.vocabulary * options.width
    matrices = sum(weight.numel() for weight in model.parameters()) - looked_up

    print(f"torch {torch.__version__}, {options.threads} threads, matrix peak {peak / 1e9:.1f} GFLOP/s")
    print(f"{'length':>8} {'tokens/s':>10} {'GFLOP/s':>10} {'of peak':>8} {'peak GiB so far':>16}")
    for length in lengths:
        tokens = torch.randint(0, options.vocabulary, (1, length + 1))

        @torch.inference_mode()
        def score():
            logits = model(tokens[:, :-1]).logits[0]
            torch.nn.functional.cross_entropy(logits.float(), tokens[0, 1:], reduction="none")

        ours = [longrope(options, length)] if options.longrope else []
        seconds = fastest(options.repeats, score)
        operations = 2 * length * matrices + options.layers * 4 * options.width * length * (length + 1) / 2
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20
        print(f"{length:8d} {length / seconds:10.0f} {operations / seconds / 1e9:10.1f} {operations / seconds / peak:8.0%} {resident:16.2f}", flush=True)
        if ours:
            ours = min(ours + [longrope(options, length)], key=lambda row: row["seconds"])
            print(f"longrope {length / ours['seconds']:10.0f} {ours['operationsPerSecond'] / 1e9:10.1f} {ours['shareOfPeak']:8.0%} "
                  f"{(ours['peakBytes'] or 0) / 2 ** 30:16.2f}  {seconds / ours['seconds']:.2f} times as fast", flush=True)


if __name__ == "__main__":
    main()
