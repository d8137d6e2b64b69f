#!/usr/bin/env python3
"""Freezes what the package longppl (arXiv 2410.23771) finds in texts that say everything twice: its key tokens, found by recall-1m with
YaRN, LongPPL of java-1m with YaRN over them, and which tokens of other tokenizers lie within them. Writes
src/test/resources/io/longrope/evaluator/longppl. Both models are shipped; they read bytes.

    pip install torch transformers tokenizers longppl==0.3.0
    python freeze_longppl.py
"""

import json
import pathlib
import random

import torch
from longppl.longppl import cal_overlap, compute_longppl, find_key_token
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer

RESOURCES = pathlib.Path(__file__).parents[1] / "resources/io/longrope/evaluator"
MODELS = pathlib.Path(__file__).parents[3] / "models"
EVALUATOR, JUDGED = "recall-1m", "java-1m"
TRAINED = 256
CASES = {
    "short": dict(lines=10, context=128, step=64, factor=4),
    # the step does not divide the text, and the last one is cut off
    "uneven": dict(lines=12, context=150, step=37, factor=4),
    "usual": dict(lines=90, context=4096, step=1024, factor=32),
}
QUALITIES = "amber brisk copper dusty early frosty gentle humble ivory jolly lucid mellow".split()
THINGS = "anchor basket candle donkey engine falcon garden hammer island jacket".split()


def text(lines):
    draw = random.Random(lines)

    def name():
        return "".join(draw.choice("bcdfgklmnprst") + draw.choice("aeiou") for _ in range(3)).capitalize()

    once = "".join(f"The {draw.choice(QUALITIES)} {draw.choice(THINGS)} of {name()} is in room {draw.randint(1000, 9999)}.\n"
                   for _ in range(lines))
    return once * 2


def load(name, factor):
    config = AutoConfig.from_pretrained(MODELS / name)
    config.rope_parameters = dict(rope_type="yarn", rope_theta=10000.0, factor=float(factor), original_max_position_embeddings=TRAINED)
    config.max_position_embeddings = TRAINED * factor
    return AutoModelForCausalLM.from_pretrained(MODELS / name, config=config, dtype=torch.float32, attn_implementation="sdpa").eval()


def freeze(lines, context, step, factor):
    words, evaluator, judged = text(lines), load(EVALUATOR, factor), load(JUDGED, factor)
    # the evaluator's tokenizer puts a start token before the text, the judged model reads the text alone: so the package has it
    tokenizer = AutoTokenizer.from_pretrained(MODELS / EVALUATOR)
    ranges = find_key_token(words, evaluator, tokenizer, context, step).tolist()
    found = compute_longppl(words, judged, evaluator, tokenizer, tokenizer, None, context, step)
    others = {}
    for file in sorted((RESOURCES / "tokenizers").glob("*.json")):
        if file.stem != "expected":
            encoding = Tokenizer.from_file(str(file)).encode(words, add_special_tokens=False)
            # it counts losses, of which the first token has none
            others[file.stem] = [entry + 1 for entry in cal_overlap(encoding.offsets, ranges)]
    return dict(evaluator=EVALUATOR, judged=JUDGED, method=f"yarn:factor={factor}", context=context, step=step, text=words, ranges=ranges,
                keyTokens=int(found["n_key_token"]), longppl=float(found["longppl"]), perplexity=float(found["ppl"]), others=others)


def main():
    target = RESOURCES / "longppl"
    target.mkdir(parents=True, exist_ok=True)
    for name, case in CASES.items():
        frozen = freeze(**case)
        (target / f"{name}.json").write_text(json.dumps(frozen, ensure_ascii=False) + "\n")
        print(name, frozen["keyTokens"], frozen["longppl"], {other: len(tokens) for other, tokens in frozen["others"].items()}, flush=True)


main()
