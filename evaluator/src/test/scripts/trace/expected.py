"""Arithmetic that a model's shape asks for, against which what was counted is held: products with weights, and attention in fused calls.

Less of it has been done by other means, for example by products of scores one head at a time; more has been done twice.
"""

TOLERANCE = 0.02
# of a layer, for each call of attention; one for each row would be thousands
MOST_LAUNCHES = 64


def causal(rows):
    """Pairs of a query and a key that it sees, as the ledger counts them: half of the square."""
    return rows * rows / 2


def within(rows, window):
    return causal(rows) if rows <= window else causal(window) + (rows - window) * window


def pairs(layer, length):
    """Of a layer that scores a sequence from its start, for each query head."""
    if layer["window"] > 0:
        return within(length, layer["window"])
    near = layer["sizes"].get("near", 0)
    if not near or length <= near:
        return causal(length)
    far, sinks = length - near, layer["sizes"].get("sinks")
    return within(length, near) + (causal(far) if sinks is None else far * min(sinks, far))


def attention(shape, layer, length):
    """FLOPs of a layer's two products of attention. ALiBi's queries have eight entries more."""
    return 4 * shape["heads"] * (shape["headWidth"] + (8 if layer["slopes"] else 0)) * pairs(layer, length)


def products(layer, rows):
    """FLOPs of a layer's products with weights."""
    return 2 * rows * sum(size[0] * size[1] for size in layer["weights"].values() if len(size) == 2)


def one_by_one(layer):
    """Whether training computes its scores one by one: only plain RoPE has a fused call there."""
    return bool(layer["slopes"] or {"window", "near"} & layer["sizes"].keys())


def trained_attention(case):
    """FLOPs of the fused calls of a step of two micro-batches and of a held-out loss, or of derivatives by the factors."""
    shape, length = case["model"], case["length"]
    how = case.get("training") or {}
    sequences = how.get("documents") or [length] * how.get("microBatch", 1)
    if case["does"] == "differentiate":
        forward, backward = 2, 1
    else:
        forward, backward = 2 * (1 + bool(how["recompute"]) + bool(how.get("longCe"))) + 1, 2
    fused = sum(not one_by_one(layer) for layer in shape["layers"])
    return (4 * forward + 10 * backward) * fused * shape["heads"] * shape["headWidth"] * sum(causal(rows) for rows in sequences)


def compare(what, counted, asked, ledger):
    if abs(counted - asked) > TOLERANCE * asked:
        ledger.problem(f"{what}: {counted / 1e12:.3f} TFLOP, the model's shape asks for {asked / 1e12:.3f}")


def compare_layer(index, layer, work, case, ledger, launches):
    """A layer of a pass from the start of the sequence. @param launches whether they are its own, and not of weights that are read too"""
    shape, length = case["model"], case["length"]
    compare(f"layer {index}, products", work.products, products(layer, length), ledger)
    compare(f"layer {index}, attention", work.causal + work.whole, attention(shape, layer, length), ledger)
    calls = sum(work.calls.values())
    if launches and work.launches > MOST_LAUNCHES * max(calls, 1):
        ledger.problem(f"layer {index}: {work.launches:,} launches for {calls} calls of attention, at most {MOST_LAUNCHES} each")
