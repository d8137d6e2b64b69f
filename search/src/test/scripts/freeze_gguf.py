#!/usr/bin/env python3
"""Writes small GGUF files with the `gguf` package, and the files our export of a table into them must equal.

usage: freeze_gguf.py DIRECTORY     (needs gguf 0.19 and numpy)
"""
import sys
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, GGUFWriter

PAIRS, LONG, SHORT = 4, [1.0, 1.5, 3.25, 8.1], [1.0, 1.0, 1.25, 1.5]


def model(path, architecture, alignment=32, context=256, scaling=None, tables=(), tail=(), skip_context=False):
    writer = GGUFWriter(str(path), architecture)
    if alignment != 32:
        writer.add_custom_alignment(alignment)
    writer.add_name("a small model")
    writer.add_file_type(0)
    if not skip_context:
        writer.add_context_length(context)
    writer.add_embedding_length(32)
    writer.add_head_count(4)
    writer.add_rope_dimension_count(2 * PAIRS)
    writer.add_rope_freq_base(10000.0)
    writer.add_float64("test.f64", 0.1)
    writer.add_bool("test.bool", True)
    writer.add_int16("test.i16", -3)
    writer.add_array("test.list", [1, 2, 3])
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list([f"token {i} é" for i in range(50)])
    writer.add_token_scores([-float(i) for i in range(50)])
    writer.add_chat_template("{{ messages }}" * (5000 if architecture == "llama" else 1))  # one beyond 64 KiB
    if scaling:
        scaling(writer)
    for add in tail:
        add(writer)
    numbers = np.random.default_rng(1)
    writer.add_tensor("token_embd.weight", numbers.standard_normal((50, 32)).astype(np.float32))
    writer.add_tensor("blk.0.attn_q.weight", numbers.standard_normal((3, 32)).astype(np.float16))
    writer.add_tensor("blk.0.attn_norm.weight", numbers.standard_normal(7).astype(np.float32))
    quantized = numbers.integers(0, 255, (2, 34), dtype=np.uint8)
    writer.add_tensor("blk.0.ffn_up.weight", quantized, raw_dtype=GGMLQuantizationType.Q8_0)
    writer.add_tensor("output_norm.weight", numbers.standard_normal(1).astype(np.float32))
    for name, factors in tables:
        writer.add_tensor(name, np.array(factors, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def set_keys(architecture, switching):
    yield lambda w: w.add_uint32(f"{architecture}.context_length", 2048)
    yield lambda w: w.add_uint32(f"{architecture}.rope.scaling.original_context_length", 256)
    yield lambda w: w.add_float32(f"{architecture}.rope.scaling.attn_factor", 1.125)
    if switching:
        yield lambda w: w.add_string(f"{architecture}.rope.scaling.type", "longrope")


if __name__ == "__main__":
    out = Path(sys.argv[1])
    model(out / "llama.gguf", "llama", scaling=lambda w: (w.add_rope_scaling_factor(4.0), w.add_rope_scaling_finetuned(True)),
          tables=[("rope_freqs.weight", [1, 1, 2, 4])])
    model(out / "llama-exported.gguf", "llama", skip_context=True, tail=list(set_keys("llama", False)),
          tables=[("rope_freqs.weight", LONG)])
    model(out / "phi3.gguf", "phi3", alignment=64)
    model(out / "phi3-exported.gguf", "phi3", alignment=64, skip_context=True, tail=list(set_keys("phi3", True)),
          tables=[("rope_factors_long.weight", LONG), ("rope_factors_short.weight", SHORT)])
    model(out / "qwen2.gguf", "qwen2")
