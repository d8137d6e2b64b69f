#!/usr/bin/env python3
"""Freezes what attention methods and position encodings give on tiny random checkpoints, computed densely in float64 from their
definitions: every pair of positions gets its own rotation, distance by distance. Writes
src/test/resources/io/longrope/evaluator/attention.

    pip install numpy safetensors
    python freeze_attention.py
"""

import json
import math
import pathlib

import numpy as np
from safetensors.numpy import save_file

TARGET = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator/attention"
LENGTH = 75
TRAINED = 32
VOCAB, WIDTH, INNER, LAYERS, HEADS, KEY_HEADS, HEAD = 64, 32, 40, 2, 4, 2, 8
THETA = 10000.0
XPOS_BASE = 512

LLAMA = dict(model_type="llama", vocab_size=VOCAB, hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=LAYERS,
             num_attention_heads=HEADS, num_key_value_heads=KEY_HEADS, max_position_embeddings=TRAINED, rms_norm_eps=1e-5,
             hidden_act="silu", bos_token_id=1, eos_token_id=2, tie_word_embeddings=False, rope_theta=THETA)
OWN = dict(LLAMA, model_type="longrope")
HYBRID = dict(OWN, layer_types=["sliding_attention", "full_attention"], sliding_window=11)

m = np.arange(LENGTH)[:, None]
n = np.arange(LENGTH)[None, :]
DISTANCE = m - n
CAUSAL = DISTANCE >= 0
LOG_N = np.maximum(1, np.log(np.arange(LENGTH) + 1.0) / math.log(TRAINED))[:, None]


class Layer:
    """relative: position of a key as seen from a query [T, T]; seen [T, T]; scale of queries [T, 1]; bias [H, T, T];
    shrink: what pair i of the score is multiplied by [T, T, P]."""

    def __init__(self, relative=DISTANCE, seen=CAUSAL, scale=1.0, bias=0.0, shrink=1.0):
        self.relative, self.seen, self.scale, self.bias, self.shrink = relative, seen, scale, bias, shrink


def window(w):
    return Layer(seen=CAUSAL & (DISTANCE < w))


def rerope(w, k=math.inf, scale=LOG_N):
    return Layer(np.where(DISTANCE < w, DISTANCE, w + (DISTANCE - w) / k), scale=scale)


def sinks(count, w):
    # positions of a query and its keys in the cache: the sinks, then the last w
    relative = np.zeros((LENGTH, LENGTH))
    seen = np.zeros((LENGTH, LENGTH), bool)
    for query in range(LENGTH):
        cache = sorted(set(range(min(count, query + 1))) | set(range(max(0, query - w + 1), query + 1)))
        for place, key in enumerate(cache):
            seen[query, key] = True
            relative[query, key] = len(cache) - 1 - place
    return Layer(relative, seen)


def alibi(heads):
    def slopes(count):
        if math.log2(count).is_integer():
            start = 2 ** (-2 ** -(math.log2(count) - 3))
            return [start ** (i + 1) for i in range(count)]
        lower = 2 ** math.floor(math.log2(count))
        return slopes(lower) + slopes(2 * lower)[0::2][:count - lower]
    return Layer(np.zeros((LENGTH, LENGTH)), bias=-np.array(slopes(heads))[:, None, None] * DISTANCE)


def xpos(head):
    zeta = (np.arange(0, head, 2) + 0.4 * head) / (1.4 * head)
    return Layer(shrink=zeta ** (DISTANCE[:, :, None] / XPOS_BASE))


NOPE = Layer(np.zeros((LENGTH, LENGTH)), scale=LOG_N)


# case -> (weights, config, method or None, one layer for all or one each)
CASES = {
    "plain": ("llama", LLAMA, None, Layer()),
    "window": ("llama", LLAMA, "window:window=13", window(13)),
    "sinks": ("llama", LLAMA, "sinks:count=3,window=13", sinks(3, 13)),
    "sinks-default": ("llama", LLAMA, "sinks", sinks(4, 28)),
    "rerope": ("llama", LLAMA, "rerope:window=13", rerope(13)),
    "rerope-default": ("llama", LLAMA, "rerope", rerope(16)),
    "rerope-no-log-n": ("llama", LLAMA, "rerope:window=7,log-n=0", rerope(7, scale=1.0)),
    "rerope-wide": ("llama", LLAMA, "rerope:window=80", rerope(80)),
    "leaky-rerope": ("llama", LLAMA, "leaky-rerope:window=13,factor=4", rerope(13, 4)),
    # the factor that takes the length to the trained one
    "leaky-rerope-default": ("llama", LLAMA, "leaky-rerope:window=13", lambda length: rerope(13, (length - 13) / (TRAINED - 13))),
    "sinks-one-key-head": ("llama-3-heads", dict(LLAMA, num_attention_heads=3, num_key_value_heads=1, head_dim=HEAD),
                           "sinks:count=2,window=9", sinks(2, 9)),
    "alibi": ("llama", dict(OWN, position_encoding="alibi"), None, alibi(HEADS)),
    "alibi-3-heads": ("llama-3-heads", dict(OWN, position_encoding="alibi", num_attention_heads=3, num_key_value_heads=1, head_dim=HEAD),
                      None, alibi(3)),
    "xpos": ("llama", dict(OWN, position_encoding="xpos"), None, xpos(HEAD)),
    "hwfa": ("llama", dict(HYBRID, position_encoding="hwfa"), None, [window(11), NOPE]),
    "hwfa-rerope": ("llama", dict(HYBRID, position_encoding="hwfa-rerope"), None, [window(11), rerope(11)]),
}


def rotate(x, positions):
    """x [.., E], positions [..] -> turned in half-split pairs."""
    angles = np.asarray(positions)[..., None] * THETA ** (-np.arange(0, HEAD, 2) / HEAD)
    c, s = np.cos(angles), np.sin(angles)
    a, b = x[..., :HEAD // 2], x[..., HEAD // 2:]
    return np.concatenate([a * c - b * s, b * c + a * s], -1)


def norm(x, weight):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * weight


def forward(weights, config, layers, tokens):
    heads, key_heads = config["num_attention_heads"], config["num_key_value_heads"]
    T = len(tokens)
    x = weights["model.embed_tokens.weight"][tokens]
    for index, layer in enumerate(layers):
        w = {key.split(f"layers.{index}.")[1]: value for key, value in weights.items() if f"layers.{index}." in key}
        h = norm(x, w["input_layernorm.weight"])
        q = (h @ w["self_attn.q_proj.weight"].T).reshape(T, heads, HEAD) * np.broadcast_to(layer.scale, (LENGTH, 1))[:T, :, None]
        k = (h @ w["self_attn.k_proj.weight"].T).reshape(T, key_heads, HEAD)
        v = (h @ w["self_attn.v_proj.weight"].T).reshape(T, key_heads, HEAD)
        out = np.zeros((T, heads, HEAD))
        for head in range(heads):
            group = head // (heads // key_heads)
            # a key that is r positions back, as if it lay at -r and the query at 0
            keys = rotate(np.broadcast_to(k[None, :, group], (T, T, HEAD)), -np.asarray(layer.relative, float)[:T, :T])
            products = q[:, None, head] * keys
            shrink = np.broadcast_to(layer.shrink, (LENGTH, LENGTH, HEAD // 2))[:T, :T]
            scores = (products * np.concatenate([shrink, shrink], -1)).sum(-1) / math.sqrt(HEAD)
            scores = scores + np.broadcast_to(layer.bias, (heads, LENGTH, LENGTH))[head, :T, :T]
            scores = np.where(layer.seen[:T, :T], scores, -np.inf)
            share = np.exp(scores - scores.max(-1, keepdims=True))
            out[:, head] = share / share.sum(-1, keepdims=True) @ v[:, group]
        x = x + out.reshape(T, -1) @ w["self_attn.o_proj.weight"].T
        h = norm(x, w["post_attention_layernorm.weight"])
        gate = h @ w["mlp.gate_proj.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (h @ w["mlp.up_proj.weight"].T)) @ w["mlp.down_proj.weight"].T
    return norm(x, weights["model.norm.weight"]) @ weights["lm_head.weight"].T


def random_weights(heads, key_heads, seed):
    random = np.random.default_rng(seed)
    shapes = {"model.embed_tokens.weight": (VOCAB, WIDTH), "lm_head.weight": (VOCAB, WIDTH), "model.norm.weight": (WIDTH,)}
    for i in range(LAYERS):
        p = f"model.layers.{i}."
        shapes.update({p + "self_attn.q_proj.weight": (heads * HEAD, WIDTH), p + "self_attn.k_proj.weight": (key_heads * HEAD, WIDTH),
                       p + "self_attn.v_proj.weight": (key_heads * HEAD, WIDTH), p + "self_attn.o_proj.weight": (WIDTH, heads * HEAD),
                       p + "mlp.gate_proj.weight": (INNER, WIDTH), p + "mlp.up_proj.weight": (INNER, WIDTH),
                       p + "mlp.down_proj.weight": (WIDTH, INNER), p + "input_layernorm.weight": (WIDTH,),
                       p + "post_attention_layernorm.weight": (WIDTH,)})
    # large enough that attention is far from uniform and every regime shows in the losses
    return {name: ((1 if len(shape) == 1 else 0) + random.normal(0, 0.1 if len(shape) == 1 else 0.3, shape)).astype(np.float32)
            for name, shape in shapes.items()}


def main():
    TARGET.mkdir(parents=True, exist_ok=True)
    stored = {"llama": random_weights(HEADS, KEY_HEADS, 1), "llama-3-heads": random_weights(3, 1, 2)}
    for name, weights in stored.items():
        save_file(weights, TARGET / f"{name}.safetensors")
    tokens = np.random.default_rng(3).integers(3, VOCAB, LENGTH)
    for name, (weights, config, method, layers) in CASES.items():
        def logits(length):
            found = layers(length) if callable(layers) else layers
            exact = {key: value.astype(np.float64) for key, value in stored[weights].items()}
            return forward(exact, config, found if isinstance(found, list) else [found] * LAYERS, tokens[:length])
        z = logits(LENGTH - 1)
        top = z.max(-1)
        losses = top + np.log(np.exp(z - top[:, None]).sum(-1)) - z[np.arange(LENGTH - 1), tokens[1:]]
        golden = dict(weights=f"{weights}.safetensors", config=config, method=method, tokens=tokens.tolist(),
                      losses=losses.tolist(), lastLogits=logits(LENGTH)[-1].tolist())
        (TARGET / f"{name}.json").write_text(json.dumps({key: value for key, value in golden.items() if value is not None}) + "\n")


if __name__ == "__main__":
    main()
