#!/usr/bin/env python3
"""Draws rope configurations at random, as the field writes them and worse: keys missing, null, doubled inside and beside the
dictionary, under old, new and wrong names, of types they do not belong to, for every family. Each is read here and by transformers,
and the angles of every pair and the attention factor are compared at a length below the original one, between, and beyond all. Whatever
transformers can run must either agree within 1e-5 or be refused here with a reason; whatever it cannot run may be refused.

    pip install torch==2.7.1 transformers==5.24.0
    ./longrope --version && mvn -q test-compile
    python evaluator/src/test/scripts/compare_rope_configs.py --count 500 --seed 1
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig
from transformers.models.gemma3.modeling_gemma3 import Gemma3RotaryEmbedding
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
from transformers.models.mistral.modeling_mistral import MistralRotaryEmbedding
from transformers.models.phi3.modeling_phi3 import Phi3RotaryEmbedding
from transformers.models.qwen2.modeling_qwen2 import Qwen2RotaryEmbedding
from transformers.models.qwen3.modeling_qwen3 import Qwen3RotaryEmbedding

ROOT = pathlib.Path(__file__).resolve().parents[4]
TOLERANCE = 1e-5
ROTARY = dict(llama=LlamaRotaryEmbedding, mistral=MistralRotaryEmbedding, qwen2=Qwen2RotaryEmbedding, qwen3=Qwen3RotaryEmbedding,
              phi3=Phi3RotaryEmbedding, gemma3_text=Gemma3RotaryEmbedding)
TYPES = ["default", "linear", "dynamic", "yarn", "llama3", "longrope", "proportional"]
HEAD_DIM = 16


def dictionary(kind, pairs, pick):
    """The keys of one rope type, some of them optional."""
    rising = [round(1 + i * pick.random(), 3) for i in range(pairs)]
    keys = {
        "default": {},
        "linear": dict(factor=pick.choice([1.0, 2.0, 4])),
        "dynamic": dict(factor=pick.choice([1.0, 2.0, 4])),
        "yarn": dict(factor=pick.choice([4.0, 8, 2.5])),
        "llama3": dict(factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0),
        "longrope": dict(short_factor=[1 + f / 16 for f in rising], long_factor=pick.choice([rising, rising[:-2] + [1e30] * 2])),
        "proportional": dict(partial_rotary_factor=pick.choice([0.25, 0.5, 1.0])),
    }[kind]
    optional = dict(attention_factor=pick.choice([1.1, None]), beta_fast=pick.choice([16, 0, None]), beta_slow=pick.choice([2.0, 0, None]),
                    mscale=pick.choice([0.7, 1.0, 0]), mscale_all_dim=pick.choice([1.0, 0, None]), truncate=pick.choice([True, False, None]),
                    factor=pick.choice([4.0, None]))
    wanted = {"yarn": ["attention_factor", "beta_fast", "beta_slow", "mscale", "mscale_all_dim", "truncate"],
              "longrope": ["attention_factor", "factor"], "proportional": ["factor"]}
    for key in wanted.get(kind, []):
        if pick.random() < 0.3:
            keys[key] = optional[key]
    return keys


def spoil(keys, pick):
    """Does to a dictionary what people do."""
    what = pick.random()
    names = list(keys)
    if what < 0.08 and names:
        keys.pop(pick.choice(names))
    elif what < 0.16 and names:
        keys[pick.choice(names)] = None
    elif what < 0.24 and names:
        name = pick.choice(names)
        keys[pick.choice(["scaling_" + name, name.replace("_", ""), "rope_" + name])] = keys.pop(name)
    elif what < 0.34:
        keys[pick.choice(["attn_factor", "short_mscale", "long_mscale", "extrapolation_factor", "alpha", "finetuned", "factor", "attention_factor",
                          "beta_fast", "low_freq_factor", "mrope_section", "start_token_idx"])] = pick.choice([2.0, 0.5, None])
    elif what < 0.38 and names:
        keys[pick.choice(names)] = pick.choice(["4.0", -1.0, [1.0], True, 0])


def draw(family, pick):
    gemma = family == "gemma3_text"
    config = dict(model_type=family, vocab_size=64, hidden_size=64, intermediate_size=32, num_hidden_layers=2, num_attention_heads=4,
                  num_key_value_heads=2, rms_norm_eps=1e-6, max_position_embeddings=pick.choice([256, 256, 64]))
    if gemma or family == "qwen3" or pick.random() < 0.3:
        config["head_dim"] = HEAD_DIM
    if gemma:
        config.update(layer_types=["sliding_attention", "full_attention"], sliding_window=8)
    if pick.random() < 0.1:
        config.pop("max_position_embeddings")
    partial = pick.choice([0.5, 0.75]) if pick.random() < (0.4 if family == "phi3" else 0.05) else 1
    kinds = ["default", "longrope", "longrope", "yarn"] if family == "phi3" else TYPES
    kind = pick.choice(kinds)
    keys = dictionary("longrope" if family == "phi3" and kind == "yarn" else kind, int(HEAD_DIM * partial) // 2, pick)
    name = "su" if kind == "longrope" and pick.random() < 0.15 else kind
    keys[pick.choice(["rope_type", "rope_type", "type"])] = name
    if pick.random() < 0.1:
        keys["type"] = pick.choice(TYPES)
    if pick.random() < 0.5:
        keys["original_max_position_embeddings"] = pick.choice([64, 64, 32, None] if pick.random() < 0.2 else [64])
    if pick.random() < 0.3:
        config["original_max_position_embeddings"] = pick.choice([64, 64, 128])
    if pick.random() < 0.5:
        keys["rope_theta"] = pick.choice([1e4, 500000, 1e6])
    if pick.random() < 0.5:
        config["rope_theta"] = pick.choice([1e4, 500000])
    if partial != 1:
        pick.choice([keys, config])["partial_rotary_factor"] = partial
    spoil(keys, pick)
    place = pick.random()
    if gemma and place < 0.5:
        local = dict(rope_type="default", rope_theta=5000.0) if pick.random() < 0.7 else None
        config["rope_parameters"] = dict(full_attention=keys, sliding_attention=local)
    elif place < 0.55:
        config["rope_scaling"] = keys
    else:
        config["rope_parameters"] = keys
    if pick.random() < 0.15:
        other = dictionary(pick.choice(TYPES[:5]), HEAD_DIM // 2, pick)
        other["rope_type"] = pick.choice(TYPES[:5])
        config["rope_scaling" if "rope_parameters" in config else "rope_parameters"] = pick.choice([other, {}, None])
    if gemma and pick.random() < 0.3:
        config["rope_local_base_freq"] = 7000.0
    if pick.random() < 0.1:
        # the names other families have for the same things
        foreign = dict(rotary_emb_base=2e5, rope_embedding_base=2e5, rotary_pct=0.5, rotary_dim=8, seq_length=128, n_positions=128,
                       kv_channels=8, n_head=8)
        name = pick.choice(list(foreign))
        config[name] = foreign[name]
    return config


def theirs(directory, length):
    config = AutoConfig.from_pretrained(directory)
    gemma = config.model_type == "gemma3_text"
    rotary = ROTARY[config.model_type](config)
    layer = dict(layer_type="full_attention") if gemma else {}
    cos, _ = rotary(torch.zeros(1), torch.arange(length)[None], **layer)
    prefix = "full_attention_" if gemma else ""
    frequencies = getattr(rotary, prefix + "inv_freq").double()
    if not torch.isfinite(frequencies).all() or cos.shape[-1] != 2 * len(frequencies):
        raise ValueError("no finite angles")
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    if config.model_type != "phi3" and 2 * len(frequencies) != width:
        raise ValueError("its own attention does not take a part of a head")
    local = getattr(rotary, "sliding_attention_inv_freq").double() if gemma else None
    return frequencies, float(getattr(rotary, prefix + "attention_scaling")), local


class Ours:
    """A process of the test classes that reads configurations."""

    def __init__(self, classes, launcher):
        target = pathlib.Path(launcher).resolve().parent / "progressive" / "target"
        path = f"{classes}:{target}/longrope.jar:{target}/lib/*"
        self.process = subprocess.Popen(["java", "-cp", path, "io.longrope.evaluator.checkpoint.RopeProgram"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __call__(self, directory, length):
        self.process.stdin.write(f"{directory}/config.json\t{length}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        while not line.startswith("{"):
            line = self.process.stdout.readline()
        return json.loads(line)


def differs(ours, theirs):
    frequencies, attention, local = theirs
    found = torch.tensor(ours["frequencies"], dtype=torch.float64)
    if len(found) != len(frequencies):
        return f"{len(found)} pairs and {len(frequencies)}"
    # a pair that does not turn has frequency 0, or next to it where a factor of 1e30 says so
    worst = ((found - frequencies).abs() / frequencies.clamp(min=1e-20)).max().item()
    temperature = abs(ours["attention"] / attention - 1)
    if local is not None:
        plain = ours["localTheta"] ** -(torch.arange(0, 2 * len(local), 2, dtype=torch.float64) / (2 * len(local)))
        worst = max(worst, ((plain - local).abs() / local).max().item())
    return f"angles {worst:.1e}, attention {temperature:.1e}" if max(worst, temperature) > TOLERANCE else ""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--longrope", metavar="LAUNCHER", default=str(ROOT / "longrope"))
    parser.add_argument("--classes", default=str(ROOT / "evaluator/target/test-classes"), help="where RopeProgram is")
    parser.add_argument("--reasons", action="store_true", help="print why configurations were refused that transformers runs")
    options = parser.parse_args()
    transformers.logging.set_verbosity(50)
    ours = Ours(options.classes, options.longrope)
    counts = collections.Counter()
    reasons = collections.Counter()
    for i in range(options.count):
        pick = random.Random(f"{options.seed} {i}")
        config = draw(list(ROTARY)[i % len(ROTARY)], pick)
        with tempfile.TemporaryDirectory() as temporary:
            (pathlib.Path(temporary) / "config.json").write_text(json.dumps(config))
            verdicts = set()
            for length in (40, 100, 400):
                answer = ours(temporary, length)
                try:
                    expected = theirs(temporary, length)
                except Exception as failure:  # whatever it is, transformers does not run this model
                    verdicts.add("refused by both" if "refused" in answer else f"run here only")
                    refusal = f"{type(failure).__name__}: {failure}"
                    continue
                if "refused" in answer:
                    verdicts.add("refused here")
                    reasons[answer["refused"].split("config.json: ")[-1][:150]] += 1
                else:
                    verdicts.add(differs(answer, expected) or "agree")
        verdict = verdicts.pop() if len(verdicts) == 1 else "DIFFERS " + " / ".join(sorted(verdicts))
        if verdict not in ("agree", "refused here", "refused by both", "run here only"):
            print(f"DIFFERS {verdict}\n{json.dumps(config)}", flush=True)
            verdict = "differ"
        if verdict == "run here only" and options.reasons:
            print(f"run here only ({refusal[:150]}): {json.dumps(config)}")
        counts[verdict] += 1
    if options.reasons:
        for reason, count in reasons.most_common():
            print(f"{count // 3:4d} refused here: {reason}")
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.most_common()))
    if counts["differ"]:
        sys.exit(f"{counts['differ']} of {options.count} configurations mean something else here than in transformers")


if __name__ == "__main__":
    main()
