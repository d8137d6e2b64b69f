"""Real numbers: the cases of arithmetic.json on a device against the CPU, then the speed of a 7B model's layers. Torch 2.7 or newer.

    python trace_gpu.py ARITHMETIC.json --real            on the first GPU, for at most 8 minutes; has not been run on one
    python trace_gpu.py ARITHMETIC.json --real cpu        the GPU's branches around its attention calls, computed on the CPU

Each case is computed twice with the same random weights: by the script as the CPU takes it, in f64 weights rounded to the case's
precision, and as the device takes it. Losses, logits, gradients and updated weights must agree within a tolerance of the precision.
"""

import re
import time

import torch

import decoder_script
import ledger as ledgers
from model import Model, Passes, Training

# largest difference over the largest value: f32 sums in another order; bf16 has 8 bits, and a layer's outputs are rounded several times
TOLERANCES = {"f32": 2e-4, "bf16": 6e-2}
MATRIX_SIDE = 8192
SPEED_LENGTHS = (4096, 32768, 131072)
SPEED_LAYERS = 2
LIMIT = 8 * 60


def as_a_gpu(sources):
    """Takes the branches of a GPU wherever it is, but for the fused calls themselves."""
    taken = {name: re.sub(r"ops\.prim\.is_cpu\(\w+\)", "torch.eq(1, 0)", source) for name, source in sources.items()}
    name = decoder_script.SOURCES[0]
    fused = taken[name].index("  def fused(")
    taken[name] = taken[name][:fused] + taken[name][fused:].replace("if torch.eq(1, 0):", "if torch.eq(1, 1):", 1)
    # rows as few as the cases have
    training = decoder_script.SOURCES[-1]
    taken[training] = taken[training].replace("    return 8192\n", "    return 24\n")
    return taken


def compute(case, script, device, weights):
    """Everything the case computes, as f64 on the CPU. `weights` keeps what was drawn first, so that a second run has the same."""
    drawn = iter(weights) if weights else None
    kept = []

    def fill(shape, dtype, place):
        tensor = next(drawn) if drawn else torch.randn(shape, dtype=torch.float32) * (0.5 if len(shape) == 1 else shape[-1] ** -0.5) \
            + (1.0 if len(shape) == 1 else 0.0)
        kept.append(tensor)
        return tensor.to(device=place, dtype=dtype, copy=True)

    model = Model(case, script, device, fill, None)
    generator = torch.Generator().manual_seed(17)
    length = case["length"]

    def ids(*shape):
        return torch.randint(0, case["model"]["vocabulary"], shape, generator=generator).to(device)

    layers = range(len(case["model"]["layers"]))
    if case["does"] == "score":
        out = [Passes(model, length, False).score(ids(length), ids(length), layers)]
    elif case["does"] == "generate":
        passes, added = Passes(model, length, True), 5
        passes.start(layers)
        out = [passes.extend(ids(length - added), 0)]
        out += [passes.extend(ids(1), length - added + token) for token in range(added)]
    else:
        training = Training(model, ids)
        out = [training.step(), training.held_out()] + [value.detach() for _, value in training.parameters]
    return [tensor.detach().to(device="cpu", dtype=torch.float64) for tensor in out], kept


def difference(found, expected):
    return max(float((a - b).abs().max() / b.abs().max().clamp_min(1e-9)) for a, b in zip(found, expected))


def parity(cases, device):
    sources = decoder_script.read()
    reference = decoder_script.Script(sources, mark=False)
    script = decoder_script.Script(as_a_gpu(sources)) if device == "cpu" else reference
    failed = 0
    for case in cases:
        torch.manual_seed(7)
        with torch.no_grad():
            expected, weights = compute(case, reference, "cpu", None)
            found, _ = compute(case, script, device, weights)
        apart = difference(found, expected)
        sound = apart <= TOLERANCES[case["precision"]]
        failed += not sound
        print(f"{'ok  ' if sound else 'FAIL'} {case['name']}: {apart:.1e} apart, at most {TOLERANCES[case['precision']]:.0e}", flush=True)
    return failed


def fastest(work, device, repeats=3):
    """Seconds, after one that does not count."""
    best = float("inf")
    for attempt in range(repeats + 1):
        start = time.perf_counter()
        work()
        if device != "cpu":
            torch.cuda.synchronize()
        if attempt:
            best = min(best, time.perf_counter() - start)
    return best


def speed(device, end):
    """Tokens a second of Llama-2-7B's layers with random weights, and what share of a matrix product's speed that is."""
    matrix = torch.randn(MATRIX_SIDE, MATRIX_SIDE, device=device, dtype=torch.bfloat16)
    peak = 2 * MATRIX_SIDE ** 3 / fastest(lambda: matrix @ matrix, device, 10)
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}: "
          f"bf16 product of {MATRIX_SIDE}: {peak / 1e12:.0f} TFLOP/s", flush=True)
    del matrix
    weights = {"q": [4096, 4096], "k": [4096, 4096], "v": [4096, 4096], "o": [4096, 4096], "gate": [11008, 4096], "up": [11008, 4096],
               "down": [4096, 11008], "attention_norm": [4096], "feed_forward_norm": [4096]}
    layer = dict(weights=weights, tables=[], sizes={}, far=False, slopes=False, decay=False, unturned=False, queryScale=False, local=False,
                 window=0)
    shape = dict(vocabulary=32000, width=4096, heads=32, keyHeads=32, headWidth=128, pairs=64, eps=1e-5, scale=128 ** -0.5, gelu=False,
                 embeddingScale=1.0, tied=False, layers=[layer] * SPEED_LAYERS)
    script = decoder_script.Script(decoder_script.read(), mark=False)
    for length in SPEED_LENGTHS:
        if time.time() > end:
            print(f"{length} tokens: left out, the time is up")
            continue
        case = dict(model=shape, precision="bf16", does="score", length=length, chunk=2048)
        torch.cuda.reset_peak_memory_stats()
        with torch.no_grad():
            model = Model(case, script, device, lambda size, dtype, place: torch.randn(size, device=place, dtype=dtype) * 0.02, None)
            ids = torch.zeros(length, device=device, dtype=torch.long)
            counted = ledgers.Ledger(device, torch.bfloat16, 2048, 32, 128)
            with counted:
                Passes(model, length, False).score(ids, ids, range(SPEED_LAYERS))
            seconds = fastest(lambda: Passes(model, length, False).score(ids, ids, range(SPEED_LAYERS)), device, 2)
        print(f"{length} tokens, {SPEED_LAYERS} layers: {seconds:.3f} s, {length / seconds:,.0f} tokens/s, "
              f"{counted.work.flops() / seconds / 1e12:.0f} "
              f"TFLOP/s, {counted.work.flops() / seconds / peak:.0%} of the product's, "
              f"peak {torch.cuda.max_memory_allocated() / 2 ** 30:.2f} GiB "
              f"(by the ledger {counted.peak / 2 ** 30:.2f}), {counted.work.launches:,} launches", flush=True)


def run(cases, device):
    """How many cases are too far apart."""
    end = time.time() + LIMIT
    failed = parity(cases, device)
    if device != "cpu":
        speed(device, end)
    print(f"{len(cases)} cases on {device} against the CPU, {failed} too far apart")
    return failed
