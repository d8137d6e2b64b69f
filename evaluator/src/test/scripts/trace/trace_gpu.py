#!/usr/bin/env python3
"""Traces the program's TorchScript on a GPU that need not exist: shapes, types, devices and memory of every operation.

    pip install torch==2.7.1
    mvn -Ptrace test -pl evaluator -am -Dtrace.python=PYTHON -Dsurefire.failIfNoSpecifiedTests=false
                                                      writes the cases, runs this, its self-test and --real cpu
    python trace_gpu.py PREPARED.json [--only TEXT]                   the trace alone; TraceCases.java writes PREPARED.json
    python trace_gpu.py PREPARED.json --self-test                     broken copies of the script, each of which must be found
    python trace_gpu.py PREPARED.json --real                          real numbers on a GPU, see real_gpu.py

Scoring and generating run on fake CUDA tensors, training on fake meta tensors, as backward passes cannot be traced on fake CUDA ones.
A case fails on: a tensor on another device; an operation or signature that torch 2.7.1 lacks; a wait for the device; a copy of keys or of
a weight, keys repeated for grouped heads; a product of scores, or one in more bits than the run's, where attention is fused; a mask in
memory; more than 16 attention shapes in a pass; another call of attention than the program tells of; more or less arithmetic in products
or in fused attention than the model's shape asks for (expected.py); launches for each row; a peak of any device more than 5 % (and 16
MiB) beside what MemoryPlan sets aside for it; an upload that the host waits for; a branch of the script that a GPU can take and no case
took.
Exit 1 when one does.
"""

import argparse
import json
import sys
import time

import torch
from torch._subclasses.fake_tensor import FakeTensorMode

import decoder_script
import expected
import h100
from ledger import ATTENTION, Ledger
from model import Model, Passes, Slopes, Training

VERSION = "2.7.1"
TOLERANCE = 0.05
# bytes, beside which 5 % of a small model is nothing
LEAST = 16 << 20
TRACED_OF_A_KIND = 2
GIB = 1 << 30
# the Java process and the GPU's context, which no tensor is
NOT_TENSORS = ("process",)
# by AttentionCall's keys; for a single query or key, or with a narrow mask, others may be asked for besides
CALLS = {"cudnn": ATTENTION[2], "flash": ATTENTION[0], "efficient": ATTENTION[1]}


def traced_layers(case):
    """Layers of one kind ask for the same: two of each are run on each device, so that what the second does differently is seen."""
    seen, layers = {}, []
    streamed = {index: number for number, share in enumerate(case["shares"]) for index in share["streamed"]}
    for index, layer in enumerate(case["model"]["layers"]):
        number = next(number for number, share in enumerate(case["shares"]) if index < share["from"] + share["count"])
        kind = json.dumps(layer, sort_keys=True), number, index in streamed
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= TRACED_OF_A_KIND:
            layers.append(index)
    return layers


def plain_scores(case):
    """Whether scores one by one are what the case is meant to compute: widths no fused call takes, and training without plain RoPE."""
    return case["call"] == "plain" or case["does"] in ("train", "differentiate") and any(map(expected.one_by_one, case["model"]["layers"]))


def trace(case, script):
    """Lines about a case, and its problems."""
    shape, does = case["model"], case["does"]
    device = "meta" if does in ("train", "differentiate") else "cuda"
    rows = max(case["chunk"], 1)
    ledger = Ledger(device, torch.float32 if case["precision"] == "f32" else torch.bfloat16, rows,
                    shape["keyHeads"], shape["headWidth"], plain_scores(case))
    said = []
    with torch.no_grad(), FakeTensorMode(), ledger:
        def fill(size, dtype, place):
            return torch.empty(size, device=place, dtype=dtype)

        model = Model(case, script, device, fill, ledger)
        length = case["length"]
        if does == "score":
            score(case, model, length, ledger, said)
        elif does == "generate":
            generate(case, model, length, ledger, said)
        elif does == "differentiate":
            slopes = Slopes(model).of(length)
            if list(slopes.shape) != [shape["pairs"]] or slopes.dtype != torch.float64:
                ledger.problem(f"slopes are {list(slopes.shape)} {slopes.dtype}")
        else:
            training = Training(model)
            training.step()
            training.held_out()
            said.append(f"{len(training.parameters)} parameters")
        if does in ("train", "differentiate") and case["call"] != "plain":
            expected.compare("attention", ledger.work.causal + ledger.work.whole, expected.trained_attention(case), ledger)
            if not plain_scores(case):
                as_told(case, ledger)
    for number, share in enumerate(case["shares"]):
        planned = sum(size for part, size in share["planned"].items() if part not in NOT_TENSORS)
        peak = ledger.peaks.get("meta" if device == "meta" else f"cuda:{number}", 0)
        on = f"cuda:{number}: " if len(case["shares"]) > 1 else ""
        said.insert(number, f"{on}peak {peak / GIB:.2f} GiB, planned {planned / GIB:.2f}"
                    + (f", {len(share['streamed'])} of {share['count']} layers streamed" if share["streamed"] else ""))
        if abs(planned - peak) > max(TOLERANCE * peak, LEAST):
            ledger.problem(f"{on}MemoryPlan sets {planned / GIB:.2f} GiB aside, {peak / GIB:.2f} are in use at the peak: "
                           f"{planned / max(peak, 1) - 1:+.1%}")
    return said, ledger.problems


def score(case, model, length, ledger, said):
    passes = Passes(model, length, False)
    ids = torch.zeros(length, device=model.device, dtype=torch.long)
    start, found = [ledger.work.copy()], []

    def each(index):
        found.append((index, ledger.work.since(start[0])))
        start[0] = ledger.work.copy()

    layers = traced_layers(case)
    losses = passes.score(ids, ids.clone(), layers, each)
    said += [f"layer {index}: {work.said()}" for index, work in found]
    said.append(f"{ledger.one_pass('pass')} attention shapes")
    as_told(case, ledger)
    if not plain_scores(case):
        for index, work in found:
            expected.compare_layer(index, case["model"]["layers"][index], work, case, ledger, index not in model.streamed)
        expected.compare("losses", ledger.work.since(start[0]).flops(), 2 * length * case["model"]["vocabulary"] * case["model"]["width"],
                         ledger)
    if len({json.dumps(layer, sort_keys=True) for layer in case["model"]["layers"]}) == 1 and length >= h100.LEAST_TOKENS:
        resident = [work for index, work in found if index not in model.streamed]
        said.append(h100.said([(resident or [work for _, work in found])[-1]] * len(case["model"]["layers"]), start[0], ledger.work))
    if model.streamed and case["precision"] == "bf16" and length >= h100.LEAST_STREAMED:
        said.append(h100.streaming(case))
    if list(losses.shape) != [length] or losses.dtype != torch.float32:
        ledger.problem(f"losses are {list(losses.shape)} {losses.dtype}")


def as_told(case, ledger):
    """What the program's log tells of a device's attention is what the script does. ALiBi's and xPos' is in f32 whatever the call."""
    call = "efficient" if any(layer["slopes"] or layer["decay"] for layer in case["model"]["layers"]) and case["call"] != "plain" \
        and case["does"] in ("score", "generate") else case["call"]
    asked = {CALLS[call]} if call in CALLS and case["length"] > 1 else set()
    if ledger.usual != asked:
        ledger.problem(f"the log says {call}, but the calls were {', '.join(sorted(ledger.usual)) or 'plain products'}")


def generate(case, model, length, ledger, said):
    passes, added = Passes(model, length, True), 3
    passes.start(range(len(model.layers)))
    ids = torch.zeros(length - added, device=model.device, dtype=torch.long)
    passes.extend(ids, 0)
    as_told(case, ledger)
    if not plain_scores(case):
        layers, rows, head = case["model"]["layers"], length - added, 2 * case["model"]["vocabulary"] * case["model"]["width"]
        expected.compare("prompt, products", ledger.work.products, sum(expected.products(layer, rows) for layer in layers) + head, ledger)
        expected.compare("prompt, attention", ledger.work.causal + ledger.work.whole,
                         sum(expected.attention(case["model"], layer, rows) for layer in layers), ledger)
    said.append(f"prompt: {ledger.one_pass('prompt')} attention shapes")
    for token in range(added):
        before = ledger.work.copy()
        logits = passes.extend(torch.zeros(1, device=model.device, dtype=torch.long), length - added + token)
        shapes = ledger.one_pass(f"token {token}")
    said.append(f"token: {ledger.work.since(before).launches / len(model.layers):.0f} launches a layer, {shapes} attention shapes")
    if list(logits.shape) != [1, model.shape["vocabulary"]]:
        ledger.problem(f"logits are {list(logits.shape)}")


def others(script, ledger):
    """What loading, measuring and exporting call beside the passes."""
    def make(*size, dtype=torch.bfloat16):
        return torch.empty(size, device="cuda", dtype=dtype)

    weight = script.room(make(1), [64, 32])
    for precision in (6, 15):
        script.convert(make(64, 32, dtype=torch.float16), 15, precision, 1.0)
        script.convert(make(64, 32, dtype=torch.float32), 6, precision, 0.0)
    script.put(weight, 32, make(64, dtype=torch.float16), 15, 15, 0.0)
    script.corner(make(4, 4))
    w = {"q": make(32, 32), "k": make(32, 32), "v": make(32, 32), "o": make(32, 32), "gate": weight, "up": weight, "down": make(32, 64),
         "attention_norm": make(32), "feed_forward_norm": make(32)}
    turn = make(9, 4, dtype=torch.float32)
    script.layer(make(9, 32), turn, turn, make(0), w, 4, 4, 8, 0.3, 0, 1, 1e-5, 4)
    script.feed_forward(make(9, 32), w, 1)
    script.with_adapter(make(64, 32, dtype=torch.float32), make(4, 32, dtype=torch.float32), make(64, 4, dtype=torch.float32), 2.0)


def run_others(script):
    ledger = Ledger("cuda", torch.float32, 1 << 20, 4, 8, True)
    with torch.no_grad(), FakeTensorMode(), ledger:
        others(script, ledger)
    return ledger.problems


def streams():
    """Compiled only, so that types and signatures are there: a driver makes a stream."""
    if torch.version.cuda is None:
        return ["left out: this PyTorch was built without CUDA"]
    decoder_script.Script(decoder_script.read([decoder_script.STREAMS]), mark=False)
    return ["compiled"]


def attempt(trace):
    """Lines about a trace, and its problems; what stops it is one."""
    try:
        return trace()
    except Exception as failure:  # noqa: BLE001 - whatever stops a case is what the trace is for
        lines = [line for line in str(failure).strip().split("\n") if line.strip()]
        return [], {f"stopped: {type(failure).__name__}: " + " | ".join(lines[:6] + lines[6:][-6:])[:1500]: 1}


def run(cases, script, say):
    """Problems by case."""
    found = {}

    def one(name, trace):
        start = time.time()
        said, problems = attempt(trace)
        say(f"{'FAIL' if problems else 'ok  '} {name}: {'; '.join(said)}; {time.time() - start:.0f} s")
        for problem, times in problems.items():
            say(f"       {problem}" + (f" ({times:,} times)" if times > 1 else ""))
        if problems:
            found[name] = list(problems)

    for case in cases:
        one(case["name"], lambda: trace(case, script))
    one("loading, measuring and exporting", lambda: ([], run_others(script)))
    one("a stream of its own for copies", lambda: (streams(), {}))
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("cases", help="written by TraceCases.java")
    options.add_argument("--only", default="", help="cases whose name has this in it")
    options.add_argument("--self-test", action="store_true")
    options.add_argument("--real", nargs="?", const="cuda", metavar="DEVICE",
                         help="compute on it: cuda, or cpu for the GPU's branches there")
    options = options.parse_args()
    cases = [case for case in json.load(open(options.cases, encoding="utf-8")) if options.only in case["name"]]
    if options.real:
        import real_gpu
        sys.exit(1 if real_gpu.run(cases, options.real) else 0)
    if not torch.__version__.startswith(VERSION):
        sys.exit(f"torch must be {VERSION}, which the program computes with, but was {torch.__version__}: "
                 "another may know other operations")
    if options.self_test:
        import broken
        sys.exit(1 if broken.run(cases) else 0)
    script = decoder_script.Script(decoder_script.read())
    found = run(cases, script, lambda line: print(line, flush=True))
    missed = {} if options.only else script.missed()
    print(f"{len(cases)} cases, {len(found)} with problems; {len(script.reached)} of {len(script.places)} branches taken, "
          f"{len(missed)} left out that a GPU can take")
    for place, what in missed.items():
        print(f"       left out: {place} {what}")
    sys.exit(1 if found or missed else 0)


if __name__ == "__main__":
    main()
