#!/usr/bin/env python3
"""Makes GGUF files of tiny checkpoints that freeze_families.py wrote, one of each architecture and rope setting that is read here, and
checks that llama.cpp loses on them what transformers loses. Writes src/test/resources/io/longrope/evaluator/gguf/CASE.gguf, named after
the case whose losses they must have; weights stay in the number format of the checkpoint.

    pip install torch==2.7.1 transformers==5.24.0 safetensors gguf==0.19.0 llama-cpp-python==0.3.36
    python freeze_gguf_models.py
"""

import json
import math
import pathlib
import tempfile

import gguf
import numpy as np
import torch
from gguf.quants import quantize
from llama_cpp import Llama
from safetensors.torch import load_file
from transformers import AutoConfig
from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

RESOURCES = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator"
CASES = ["llama-llama3", "llama-yarn", "llama-linear", "llama-bias-wide-heads", "llama-tied", "mistral-full", "qwen2-default",
         "qwen2-yarn", "qwen3-default", "phi3-longrope", "gemma3-head-scale"]
ARCHITECTURES = {"llama": "LLAMA", "mistral": "LLAMA", "qwen2": "QWEN2", "qwen3": "QWEN3", "phi3": "PHI3", "gemma3_text": "GEMMA3"}
TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def metadata(writer, config):
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(head_dim(config))
    writer.add_value_length(head_dim(config))
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_vocab_size(config.vocab_size)
    writer.add_tokenizer_model("none")
    if config.model_type == "gemma3_text":
        assert config.query_pre_attn_scalar == head_dim(config)
        writer.add_sliding_window(config.sliding_window)
        writer.add_sliding_window_pattern([kind == "sliding_attention" for kind in config.layer_types])
        writer.add_rope_freq_base_swa(config.rope_parameters["sliding_attention"]["rope_theta"])


def head_dim(config):
    return getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads


def rope(writer, config):
    settings = config.rope_parameters.get("full_attention", config.rope_parameters)
    writer.add_rope_freq_base(settings["rope_theta"])
    writer.add_rope_dimension_count(head_dim(config))
    kind = settings["rope_type"]
    if kind == "llama3":
        frequencies, _ = ROPE_INIT_FUNCTIONS[kind](config, torch.device("cpu"))
        pairs = torch.arange(0, head_dim(config), 2, dtype=torch.float64)
        factors = settings["rope_theta"] ** (-pairs / head_dim(config)) / frequencies.double()
        writer.add_tensor("rope_freqs.weight", factors.float().numpy())
    elif kind == "longrope":
        original = config.original_max_position_embeddings
        writer.add_rope_scaling_type(gguf.RopeScalingType.LONGROPE)
        writer.add_rope_scaling_orig_ctx_len(original)
        writer.add_rope_scaling_attn_factors(math.sqrt(1 + math.log(config.max_position_embeddings / original) / math.log(original)))
        writer.add_tensor("rope_factors_long.weight", np.array(settings["long_factor"], dtype=np.float32))
        writer.add_tensor("rope_factors_short.weight", np.array(settings["short_factor"], dtype=np.float32))
    elif kind in ("linear", "yarn"):
        writer.add_rope_scaling_type(gguf.RopeScalingType(kind))
        writer.add_rope_scaling_factor(settings["factor"])
        if kind == "yarn":
            writer.add_rope_scaling_orig_ctx_len(settings["original_max_position_embeddings"])
    else:
        assert kind == "default", kind


def tensor(name, values, config):
    """As llama.cpp's own converter changes it: neighbours turn in files of architecture llama, Gemma's norms begin at 1."""
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    part = name.split(".")[-2]
    if ARCHITECTURES[config.model_type] == "LLAMA" and part in heads:
        halves = values.reshape(heads[part], 2, values.shape[0] // heads[part] // 2, *values.shape[1:])
        return halves.swapaxes(1, 2).reshape(values.shape)
    return values.float() + 1 if config.model_type == "gemma3_text" and name.endswith("norm.weight") else values


def write(path, case, plain):
    """plain: everything in float32"""
    config = AutoConfig.for_model(**case["config"])
    architecture = gguf.MODEL_ARCH[ARCHITECTURES[config.model_type]]
    names = gguf.get_tensor_name_map(architecture, config.num_hidden_layers)
    writer = gguf.GGUFWriter(path, gguf.MODEL_ARCH_NAMES[architecture])
    metadata(writer, config)
    rope(writer, config)
    for name, values in load_file(RESOURCES / "families" / case["weights"]).items():
        values = tensor(name, values, config)
        kind = gguf.GGMLQuantizationType["F32" if plain or values.dim() == 1 else TYPES[values.dtype]]
        writer.add_tensor(names.get_name(name, try_suffixes=(".weight", ".bias")), quantize(values.float().numpy(), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def llama_cpp_loss(path, tokens):
    model = Llama(str(path), n_ctx=len(tokens), n_batch=len(tokens), logits_all=True, type_k=0, type_v=0, flash_attn=False, verbose=False)
    model.eval(tokens)
    scores = torch.tensor(model.scores[:len(tokens) - 1]).double()
    return torch.nn.functional.cross_entropy(scores, torch.tensor(tokens[1:])).item()


def main():
    target = RESOURCES / "gguf"
    target.mkdir(parents=True, exist_ok=True)
    for name in CASES:
        case = json.loads((RESOURCES / "families" / (name + ".json")).read_text())
        write(target / (name + ".gguf"), case, False)
        expected = sum(case["losses"]) / len(case["losses"])
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory) / "plain.gguf"
            write(path, case, True)
            found = llama_cpp_loss(path, case["tokens"])
        print(f"{name}: transformers {expected:.6f}, llama.cpp {found:.6f}")
        assert math.isclose(math.exp(found - expected), 1, abs_tol=1e-4), name


if __name__ == "__main__":
    main()
