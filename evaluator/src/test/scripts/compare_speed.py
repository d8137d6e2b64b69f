#!/usr/bin/env python3
"""Scores random tokens with transformers (attention by SDPA) on the model that `longrope bench evaluate` makes up, and prints the
same figures. Run both on an idle machine, with the same threads:

    pip install torch==2.7.1 transformers==5.23.0
    python compare_speed.py --width 1024 --layers 4 --lengths 4096,8192,16384 --threads 2
    longrope bench evaluate --width 1024 --layers 4 --lengths 4k,8k,16k --threads 2
"""

import argparse
import resource
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=32000)
    parser.add_argument("--lengths", default="4096,8192,16384")
    parser.add_argument("--precision", choices=PRECISIONS, default="f32")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeats", type=int, default=2)
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

        seconds = fastest(options.repeats, score)
        operations = 2 * length * matrices + options.layers * 4 * options.width * length * (length + 1) / 2
        resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20
        print(f"{length:8d} {length / seconds:10.0f} {operations / seconds / 1e9:10.1f} {operations / seconds / peak:8.0%} {resident:16.2f}", flush=True)


if __name__ == "__main__":
    main()
