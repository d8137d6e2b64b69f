#!/usr/bin/env python3
"""Makes random checkpoints of every family as transformers saves them (sizes, grouped heads, head widths, ties, biases, sliding
windows, rope types, partial rotation, shards, number formats and old config keys drawn by a seed) and runs the same tokens here
and with transformers. It fails where, in float32, a logit of any position differs by more than 1e-4 of the largest, or the
perplexity of `./longrope evaluate` by more than 1e-5 relative; and where our bf16 is farther from transformers' float32 than
1.5 times what transformers' own bf16 is. Plain models are run once more with factors for each layer and start tokens, which
transformers is made to use layer by layer.

    pip install torch==2.7.1 transformers==5.23.0 safetensors
    ./longrope --version && mvn -q test-compile
    python evaluator/src/test/scripts/compare_checkpoints.py --count 36 --seed 1
"""

import argparse
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy
import torch
import transformers
from transformers import AutoConfig, AutoModelForCausalLM

ROOT = pathlib.Path(__file__).resolve().parents[4]
TOLERANCE = 1e-5
LOGIT_TOLERANCE = 1e-4
HALF_TOLERANCE = 1.5
WINDOW = 64
FAMILIES = ["llama", "mistral", "qwen2", "qwen3", "phi3", "gemma3_text"]
DTYPES = [torch.float32, torch.bfloat16, torch.float16]


def rope(kind, pairs, pick):
    factor = pick.choice([2.0, 4.0, 7.5])
    theta = pick.choice([1e4, 5e5])
    rising = [round(1 + (factor - 1) * i / pairs + pick.random() / 4, 4) for i in range(pairs)]
    parameters = {
        "default": {},
        "linear": dict(factor=factor),
        "dynamic": dict(factor=factor),
        "yarn": dict(factor=factor, original_max_position_embeddings=WINDOW),
        "yarn-own": dict(factor=factor, original_max_position_embeddings=WINDOW, beta_fast=pick.choice([16.0, 4.0]), beta_slow=0.5,
                         attention_factor=1.2),
        "llama3": dict(factor=factor, low_freq_factor=1.0, high_freq_factor=pick.choice([2.0, 4.0]), original_max_position_embeddings=WINDOW),
        "longrope": dict(short_factor=[1 + (f - 1) / 8 for f in rising], long_factor=rising, factor=factor,
                         original_max_position_embeddings=WINDOW),
    }[kind]
    return dict(parameters, rope_type=kind.removesuffix("-own"), rope_theta=theta)


def draw(family, pick):
    kv_heads = pick.choice([1, 2, 3])
    heads = kv_heads * pick.choice([1, 2, 4])
    head_dim = pick.choice([8, 16, 24, 40])
    fields = dict(model_type=family, vocab_size=pick.choice([97, 256, 301]), hidden_size=heads * head_dim, intermediate_size=pick.choice([56, 130]),
                  num_hidden_layers=pick.choice([1, 2, 3]), num_attention_heads=heads, num_key_value_heads=kv_heads, bos_token_id=1,
                  eos_token_id=2, pad_token_id=0, rms_norm_eps=pick.choice([1e-5, 1e-6]), max_position_embeddings=WINDOW,
                  tie_word_embeddings=family.startswith("gemma") or pick.random() < 0.3)
    kinds = ["default", "linear", "dynamic", "yarn", "yarn-own", "llama3", "longrope"]
    layer_types = [pick.choice(["sliding_attention", "full_attention"]) for _ in range(fields["num_hidden_layers"])]
    window = pick.choice([7, 33])
    rotated = head_dim
    if family in ("llama", "qwen3", "mistral", "gemma3_text") and pick.random() < 0.4:
        fields.update(head_dim=head_dim, hidden_size=heads * pick.choice([6, 18]))
    elif family in ("qwen3", "gemma3_text", "mistral"):
        fields["head_dim"] = head_dim
    if family in ("llama", "qwen3") and pick.random() < 0.4:
        fields["attention_bias"] = True
    if family == "mistral":
        fields["sliding_window"] = pick.choice([None, window])
    if family in ("qwen2", "qwen3") and pick.random() < 0.6:
        fields.update(use_sliding_window=True, sliding_window=window, layer_types=layer_types)
    if family == "phi3":
        kinds = ["default", "longrope"]
        fields.update(original_max_position_embeddings=WINDOW, sliding_window=pick.choice([None, window]))
        if pick.random() < 0.5:
            rotated = head_dim // 2 // 2 * 2
            fields["partial_rotary_factor"] = rotated / head_dim
    if family == "gemma3_text":
        fields.update(query_pre_attn_scalar=pick.choice([head_dim, 11]), sliding_window=window, layer_types=layer_types)
        kinds = ["default", "linear", "yarn"]
    kind = pick.choice(kinds)
    parameters = rope(kind, rotated // 2, pick)
    if "partial_rotary_factor" in fields:
        parameters["partial_rotary_factor"] = fields["partial_rotary_factor"]
    if kind == "longrope":
        fields["max_position_embeddings"] = int(WINDOW * parameters["factor"])
    if family == "gemma3_text":
        parameters = dict(full_attention=parameters, sliding_attention=dict(rope_type="default", rope_theta=5000.0))
    return dict(fields, rope_parameters=parameters)


def old_keys(path):
    """The same configuration as transformers wrote it before rope_parameters."""
    config = json.loads(path.read_text())
    parameters = config.pop("rope_parameters")
    if "full_attention" in parameters:
        config["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
        parameters = parameters["full_attention"]
    config["rope_theta"] = parameters.pop("rope_theta")
    parameters.pop("partial_rotary_factor", None)
    # of Gemma transformers reads the newer name only
    name = "rope_type" if config["model_type"].startswith("gemma") else "type"
    parameters[name] = parameters.pop("rope_type")
    if parameters[name] != "default":
        if config["model_type"] == "phi3":
            parameters = {key: parameters[key] for key in ("type", "short_factor", "long_factor")}
        config["rope_scaling"] = parameters
    path.write_text(json.dumps(config, indent=1))


def make(fields, directory, pick, generator):
    config = AutoConfig.for_model(**fields)
    model = AutoModelForCausalLM.from_config(config).float()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            values = torch.randn(weight.shape, generator=generator)
            if name.endswith("norm.weight"):
                weight.copy_((0 if config.model_type.startswith("gemma") else 1) + 0.2 * values)
            elif name.endswith("bias"):
                weight.copy_(0.3 * values)
            else:
                weight.copy_(values * (1.0 if "embed" in name else 1.5) / weight.shape[-1] ** 0.5)
    dtype = pick.choice(DTYPES)
    sharded = pick.random() < 0.4
    model.to(dtype).save_pretrained(directory, max_shard_size="60KB" if sharded else "5GB")
    old = pick.random() < 0.4
    if old:
        old_keys(directory / "config.json")
    return f"{str(dtype).removeprefix('torch.')}{', sharded' if sharded else ''}{', old keys' if old else ''}"


def theirs(directory, tokens, dtype, candidate=None):
    """Logits of all positions, in float32."""
    model = AutoModelForCausalLM.from_pretrained(directory, dtype=dtype).eval()
    if candidate:
        use(model, *candidate)
    with torch.no_grad():
        return model(torch.tensor([tokens])).logits[0].float()


def use(model, factors, start_tokens):
    """Gives each layer the table of its own factors; positions below start_tokens keep theirs."""
    rope = model.config.rope_parameters
    rotated = 2 * len(factors[0])
    plain = rope["rope_theta"] ** -(torch.arange(0, rotated, 2, dtype=torch.float64) / rotated)
    for layer, row in zip(model.model.layers, factors):
        def rotate(module, arguments, keywords, row=row):
            cos, sin = keywords["position_embeddings"]
            position = torch.arange(cos.shape[1], dtype=torch.float64)[:, None]
            angles = torch.where(position < start_tokens, position * plain, position * (plain / torch.tensor(row, dtype=torch.float64)))
            angles = torch.cat([angles, angles], -1)[None]
            return arguments, dict(keywords, position_embeddings=(angles.cos().to(cos.dtype), angles.sin().to(sin.dtype)))
        layer.register_forward_pre_hook(rotate, with_kwargs=True)


def perplexity(logits, tokens):
    return math.exp(torch.nn.functional.cross_entropy(logits[:-1].double(), torch.tensor(tokens[1:])).item())


class Logits:
    """Our logits, from a process of the test classes."""

    def __init__(self, classes, launcher):
        target = pathlib.Path(launcher).resolve().parent / "progressive" / "target"
        path = f"{classes}:{target}/longrope.jar:{target}/lib/*"
        self.process = subprocess.Popen(["java", "-Dai.djl.offline=true", "-cp", path, "io.longrope.evaluator.decoder.LogitsProgram"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def __call__(self, directory, tokens, precision, chunk, candidate=None):
        output = directory / "logits"
        request = dict(model=str(directory), tokens=tokens, precision=precision, chunk=chunk, csv=None, startTokens=0, output=str(output))
        if candidate:
            factors, start_tokens = candidate
            table = directory / "factors.csv"
            table.write_text("".join(",".join(map(repr, row)) + "\n" for row in factors))
            request.update(csv=str(table), startTokens=start_tokens)
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        if answer != str(output):
            raise ValueError(answer)
        return torch.from_numpy(numpy.fromfile(output, "<f4").reshape(len(tokens), -1))


def compare_logits(logits, directory, tokens, pick, candidate, expected):
    """What was found, and whether it is within bounds."""
    found = logits(directory, tokens, "f32", pick.choice([2048, 50]), candidate)
    difference = ((found - expected).abs().max() / expected.abs().max()).item()
    halves = [((half - expected).square().mean() / expected.square().mean()).sqrt().item()
              for half in (logits(directory, tokens, "bf16", 2048, candidate), theirs(directory, tokens, torch.bfloat16, candidate))]
    within = difference <= LOGIT_TOLERANCE and halves[0] <= HALF_TOLERANCE * halves[1]
    return f"logits {difference:.1e}, bf16 {halves[0]:.4f} ({halves[1]:.4f})", within


def ours(launcher, directory, tokens, plain):
    data = directory / "data"
    data.mkdir(exist_ok=True)
    # three documents of one sample each: one per share; the start token comes from config.json
    (data / "sample.jsonl").write_text((json.dumps({"tokens": tokens[1:]}) + "\n") * 3)
    command = [launcher, "evaluate", str(directory), "--precision", "f32", "--data", str(data), "--text", "sample.jsonl", "--samples", "1",
               "--workers", "1", "--length", str(len(tokens)), "--method", "original" if plain else "configured", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise ValueError(done.stderr.strip())
    (perplexity,) = json.loads(done.stdout)["rows"][0]["perplexity"].values()
    return perplexity


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=36)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--families", default=",".join(FAMILIES))
    parser.add_argument("--longrope", metavar="LAUNCHER", default=str(ROOT / "longrope"))
    parser.add_argument("--classes", type=pathlib.Path, default=ROOT / "evaluator/target/test-classes", help="where LogitsProgram is")
    parser.add_argument("--logits-only", action="store_true", help="leave out ./longrope evaluate")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the checkpoints there")
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    families = options.families.split(",")
    logits = Logits(options.classes, options.longrope)
    failures = 0
    for i in range(options.count):
        pick = random.Random(f"{options.seed} {i}")
        family = families[i % len(families)]
        fields = draw(family, pick)
        with tempfile.TemporaryDirectory() as temporary:
            directory = (options.keep or pathlib.Path(temporary)) / f"{family}-{options.seed}-{i}"
            form = make(fields, directory, pick, torch.Generator().manual_seed(options.seed * 1000 + i))
            tokens = [1] + [pick.randrange(fields["vocab_size"]) for _ in range(pick.choice([WINDOW - 10, 3 * WINDOW, 9 * WINDOW]))]
            parameters = fields["rope_parameters"].get("full_attention", fields["rope_parameters"])
            kind = parameters["rope_type"]
            candidates = [None]
            if kind == "default" and not family.startswith("gemma"):
                rotated = int(fields.get("head_dim", fields["hidden_size"] // fields["num_attention_heads"]) * fields.get("partial_rotary_factor", 1))
                candidates.append(([[round(1 + 5 * pick.random(), 3) for _ in range(rotated // 2)] for _ in range(fields["num_hidden_layers"])],
                                   pick.choice([0, 4, 64])))
            verdicts = []
            within = True
            try:
                for candidate in candidates:
                    expected = theirs(directory, tokens, torch.float32, candidate)
                    verdict, agrees = compare_logits(logits, directory, tokens, pick, candidate, expected)
                    verdicts.append(f"per layer, {candidate[1]} start tokens: {verdict}" if candidate else verdict)
                    within &= agrees
                    if not candidate and not options.logits_only:
                        difference = abs(ours(options.longrope, directory, tokens, kind == "default") / perplexity(expected, tokens) - 1)
                        verdicts.append(f"perplexity {difference:.1e}")
                        within &= difference <= TOLERANCE
            except ValueError as refused:
                within = False
                verdicts.append(str(refused))
        failures += not within
        print(f"{'' if within else 'DIFFERS '}{family} {kind}, {form}, {fields['num_attention_heads']}/{fields['num_key_value_heads']} heads, "
              f"{len(tokens)} tokens: {'; '.join(verdicts)}", flush=True)
        if not within:
            print(json.dumps(fields))
    if failures:
        sys.exit(f"logits must differ by at most {LOGIT_TOLERANCE} of the largest and perplexities by {TOLERANCE}, but {failures} of {options.count} do not")


if __name__ == "__main__":
    main()
